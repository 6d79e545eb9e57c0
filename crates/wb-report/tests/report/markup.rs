//! What is checked of every page's markup.

/// The names of the tags of a page in order, scripts and styles without their content.
pub(crate) fn tags(page: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("a tag is closed");
        let tag = &rest[..end];
        let name = tag.split([' ', '\n']).next().expect("a split has a first part");
        if !tag.ends_with('/') && !name.starts_with('!') {
            out.push(name);
        }
        rest = &rest[end + 1..];
        if let Some(raw) = ["script", "style"].into_iter().find(|raw| *raw == name) {
            let close = rest.find(&format!("</{raw}>")).expect("a script is closed");
            rest = &rest[close..];
        }
    }
    out
}

/// Every tag is closed, in order.
pub(crate) fn check_balanced(page: &str) {
    let mut open = Vec::new();
    for tag in tags(page) {
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "inside {open:?}"),
            None if ["meta", "br"].contains(&tag) => {}
            None => open.push(tag),
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// The page names nothing outside itself that a browser would load.
pub(crate) fn check_loads_nothing(page: &str) {
    for outside in ["http:", "https:", "src=", "url(", "@import", "<link", "import("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}
