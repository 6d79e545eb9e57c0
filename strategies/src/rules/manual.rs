//! How rules are written, in lines for people; functions and indicators from their tables.

use std::fmt::Write;

use wb_indicators::INDICATORS;

use super::functions::FUNCTIONS;

/// What cannot be read off a table.
const LANGUAGE: &str = "\
long, short and exit are conditions; size is a number, the share of equity to hold.
  exit holds          hold nothing, whatever the others say
  long holds          hold size; where size moves meanwhile, the position moves with it
  short holds         hold \u{2212}size
  both, or neither    hold what is held
For a position that is sized once, let the rule hold once: crosses_above(x, y).
No rule counts before every indicator in every rule has seen enough bars.

  + - * /  < <= > >= == !=  and or not  ( )
  open high low close volume typical   of the bar that has closed
  close@1h                             of the last hour that has closed
  btc.close                            of the instrument in the role btc
  sma(close, 20)  rsi(14)  atr(14)     an indicator; where no input is written, of the close or of the bar
  sma(close@1h, 20)  atr(bar@1h, 14)   of longer bars
  zscore(close / btc.close, 60)        of an expression: counts bars of the run
  macd(12, 26, 9).signal               one of several outputs
  $fast                                a parameter under [params]: fast = 10, or to be searched
                                       fast = { value = 10, range = \"2..=50\", step = 1 }
  instruments                          how many instruments are traded";

/// All of it.
pub(super) fn manual() -> String {
    let mut text = format!("{LANGUAGE}\n\nfunctions; one without x reads whole bars\n");
    let functions =
        FUNCTIONS.iter().map(|function| (function.written.to_string(), function.about.to_string()));
    let indicators = INDICATORS.iter().map(|entry| {
        let outputs = match entry.outputs {
            [] => String::new(),
            names => format!(": .{}", names.join(" .")),
        };
        (entry.to_string(), format!("{}{outputs}", entry.about))
    });
    let lines: Vec<(String, String)> = functions.chain(indicators).collect();
    let width = lines.iter().map(|(written, _)| written.chars().count()).max().unwrap_or(0);
    for (written, about) in lines {
        writeln!(text, "  {written:width$}  {about}").expect("a string takes any text");
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::syntax::parse;

    #[test]
    fn every_function_is_shown_in_a_form_that_the_grammar_reads() {
        let text = manual();
        for function in FUNCTIONS {
            assert!(text.contains(function.written), "{}", function.name);
            let bare = function.written.replace(", …", "").replace(" = close", "");
            assert!(parse(&bare).is_ok(), "{bare}");
        }
        assert!(INDICATORS.iter().all(|entry| text.contains(&entry.to_string())));
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 120).collect();
        assert!(long.is_empty(), "{long:#?}");
    }
}
