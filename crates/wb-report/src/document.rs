//! What every page has: its file, its head, its warnings, and the scripts that all of them share.

use crate::html::{escape, put};
use crate::json::Json;
use crate::palette;

/// Scripts of every page, in front of its own.
const SHARED: [&str; 4] = [
    include_str!("script/columns.js"),
    include_str!("script/words.js"),
    include_str!("script/theme.js"),
    include_str!("script/sort.js"),
];

/// The whole file. The policy forbids it to load anything: what it shows is in it. `body` is HTML; the scripts read
/// `data`, and are in the order in which they use each other.
pub(crate) fn html(title: &str, body: &str, data: &Json, scripts: &[&str]) -> String {
    let mut out = String::with_capacity(body.len() + (1 << 20));
    put(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             script-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
             <style>\n{}{}</style>\n</head>\n<body>\n",
            escape(title),
            palette::style_sheet(),
            include_str!("page.css"),
        ),
    );
    out.push_str(body);
    out.push_str("<script type=\"application/json\" id=\"data\">");
    data.write(&mut out);
    out.push_str("</script>\n<script>\n(() => {\n'use strict';\n");
    SHARED.iter().chain(scripts).for_each(|script| out.push_str(script));
    out.push_str("})();\n</script>\n</body>\n</html>\n");
    out
}

/// A link to another page.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// What is written.
    pub text: String,
    /// Where it leads: a path relative to this page.
    pub href: String,
}

/// The top of a page; all of it is text.
pub(crate) struct Header<'a> {
    /// The heading.
    pub(crate) title: &'a str,
    /// What the page is about, shown in one line.
    pub(crate) facts: &'a [String],
    /// The result in sentences, of which the first stands out.
    pub(crate) verdict: &'a [String],
    /// Pages that belong to this one.
    pub(crate) links: &'a [Link],
    /// Id and name of the parts to which the reader may jump.
    pub(crate) parts: &'a [(&'a str, &'a str)],
}

/// The heading with the switch of themes, the summary and the links to the parts.
pub(crate) fn header(header: &Header<'_>) -> String {
    let mut verdict = String::new();
    if let [first, rest @ ..] = header.verdict {
        put(&mut verdict, format_args!("<p class=\"summary\">{}</p>\n", escape(first)));
        if !rest.is_empty() {
            put(&mut verdict, format_args!("<p class=\"more\">{}</p>\n", escape(&rest.join(" "))));
        }
    }
    if !header.links.is_empty() {
        let link = |link: &Link| format!("<a href=\"{}\">{}</a>", escape(&link.href), escape(&link.text));
        let links: Vec<String> = header.links.iter().map(link).collect();
        put(&mut verdict, format_args!("<p class=\"more\">{}</p>\n", links.join(" · ")));
    }
    let parts: Vec<String> =
        header.parts.iter().map(|(id, name)| format!("<a href=\"#{id}\">{}</a>", escape(name))).collect();
    format!(
        "<header>\n<div><h1>{}</h1>\n<p class=\"facts\">{}</p></div>\n\
         <button type=\"button\" id=\"theme\" aria-label=\"Switch between light and dark\">Light / dark</button>\n\
         </header>\n{verdict}<nav aria-label=\"Parts of the report\">{}</nav>\n",
        escape(header.title),
        escape(&header.facts.join(" · ")),
        parts.join(" "),
    )
}

/// The warnings, each a sentence; nothing where there are none.
pub(crate) fn warning_list<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let mut items = String::new();
    for text in texts {
        put(&mut items, format_args!("<li>{}</li>\n", escape(text)));
    }
    if items.is_empty() {
        return items;
    }
    format!("<section id=\"warnings\">\n<h2>Warnings</h2>\n<ul>\n{items}</ul>\n</section>\n")
}
