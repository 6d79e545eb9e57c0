//! What went in: parameters, spec, fingerprints, versions.

use crate::html::{Cell, Column, Table, escape, note};

/// The table of parameters: name, value, meaning.
pub(crate) fn parameters(parameters: &[(String, String, String)]) -> String {
    if parameters.is_empty() {
        return note("The strategy has no parameters.");
    }
    let mut table = Table::new([Column::Text("Parameter"), Column::Text("Value"), Column::Text("Meaning")]);
    for (name, value, doc) in parameters {
        table.row([name, value, doc].map(|text| Cell::Text(text.clone())));
    }
    table.html("Parameters")
}

/// Fingerprints and versions, and the spec as it was written.
pub(crate) fn provenance(facts: &[(String, String)], spec_text: &str) -> String {
    let mut table = Table::new([Column::Text("What"), Column::Text("Value")]);
    for (name, value) in facts {
        table.row([name, value].map(|text| Cell::Text(text.clone())));
    }
    let spec = escape(spec_text.trim_end());
    let table = if facts.is_empty() { String::new() } else { table.html("Provenance") };
    format!(
        "<div class=\"facts\">{table}</div><h3>Spec</h3>\n<pre tabindex=\"0\"><code>{spec}</code></pre>\n"
    )
}
