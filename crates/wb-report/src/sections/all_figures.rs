//! Every figure, by group.

use wb_metrics::{Tearsheet, formula};

use crate::html::{escape, put};
use crate::number;

/// Every figure under its group's heading, its formula with it.
pub(crate) fn all_figures(tearsheet: &Tearsheet) -> String {
    let mut out = String::from("<div class=\"groups\">\n");
    for group in tearsheet.figures.chunk_by(|a, b| a.group == b.group) {
        put(&mut out, format_args!("<div class=\"group\"><h3>{}</h3>\n<dl>\n", escape(group[0].group)));
        for figure in group {
            let definition = formula(figure.key).unwrap_or_default();
            put(
                &mut out,
                format_args!(
                    "<div title=\"{}\"><dt>{}</dt><dd>{}</dd></div>\n",
                    escape(definition),
                    escape(figure.label),
                    escape(&number::figure(figure))
                ),
            );
        }
        out.push_str("</dl></div>\n");
    }
    out.push_str(
        "</div>\n<details><summary>How each figure is computed</summary>\n<dl class=\"formulas\">\n",
    );
    for figure in &tearsheet.figures {
        let definition = escape(formula(figure.key).unwrap_or_default());
        put(&mut out, format_args!("<div><dt>{}</dt><dd>{definition}</dd></div>\n", escape(figure.label)));
    }
    out.push_str("</dl></details>\n");
    out
}
