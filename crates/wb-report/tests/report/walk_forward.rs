//! What holds for every page of a walk-forward.

use wb_core::Interval;

use crate::markup::{check_balanced, check_loads_nothing, tags};
use crate::walk_forward_sample::WalkForwardSample;

fn sample(windows: usize) -> WalkForwardSample {
    WalkForwardSample::of(5, windows, 4_000, Interval::Minutes(15))
}

fn check_sound(page: &str) {
    check_balanced(page);
    check_loads_nothing(page);
    for bad in ["NaN<", ">NaN", ">inf", "-inf"] {
        assert!(!page.contains(bad), "{bad}");
    }
}

#[test]
fn a_page_has_its_parts_and_every_tag_is_closed() {
    let page = sample(12).page();
    check_sound(&page);
    for heading in [
        "Equity out of sample",
        "Windows",
        "Parameters over time",
        "Returns out of sample",
        "Deepest drawdowns",
        "Trades",
        "All figures",
        "Space",
        "Method",
        "Provenance",
    ] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    assert!(page.contains("walk-forward efficiency 42.0%"));
    assert!(page.contains("The same in every window: weight = 0.95."));
    assert!(page.contains("Without a bar out of sample: 1, in which the objective is absent."));
    assert!(!page.contains("data-trip"), "there is no price chart to show a trade in");
}

#[test]
fn the_same_walk_forward_gives_the_same_bytes() {
    assert!(sample(4).page() == sample(4).page());
}

#[test]
fn few_windows_or_none_still_make_a_page() {
    for (windows, said) in [(0, "There is no window."), (1, "1 window."), (2, "2 windows.")] {
        let page = sample(windows).page();
        assert!(page.contains(said), "{said}");
        check_sound(&page);
    }
}

#[test]
fn a_window_in_which_nothing_could_be_chosen_is_shown_without_values() {
    let mut sample = sample(6);
    for window in &mut sample.windows[1..3] {
        window.params.clear();
        (window.in_sample, window.out_of_sample) = (f64::NAN, f64::NAN);
        window.figures.fill((f64::NAN, f64::NAN));
    }
    let page = sample.page();
    check_sound(&page);
    assert!(page.contains("in 4 windows.</figcaption>"), "drift is of the windows with a choice");
    sample.windows.iter_mut().for_each(|window| window.params.clear());
    assert!(sample.page().contains("No window has chosen parameters."));
}

#[test]
fn markup_in_names_and_texts_does_nothing() {
    const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    let text = || EVIL.to_string();
    let mut sample = sample(5);
    for parameter in &mut sample.parameters {
        (parameter.name, parameter.doc, parameter.space) = (text(), text(), text());
        parameter.words.iter_mut().for_each(|word| word.push_str(EVIL));
    }
    sample.objective.label = text();
    sample.figures.iter_mut().for_each(|f| f.label = text());
    if let Some(efficiency) = &mut sample.efficiency {
        efficiency.method = text();
    }
    let page = sample.page();
    check_balanced(&page);
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert_eq!(tags(&page).into_iter().filter(|tag| *tag == "script").count(), 2, "the data and the program");
}
