//! What is wrong with a text, and where in it.

use std::fmt;
use std::ops::Range;

/// A text that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextError {
    /// The part of the text that is wrong, in bytes.
    pub at: Range<usize>,
    /// What is wrong with it, and the name meant where one is near.
    pub message: String,
}

impl TextError {
    /// Something wrong at a place.
    pub fn new(at: Range<usize>, message: impl Into<String>) -> TextError {
        TextError { at, message: message.into() }
    }

    /// The message, under it the line of `text` that it means, and carets under the place.
    pub fn shown(&self, text: &str) -> String {
        let start = self.at.start.min(text.len());
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let before = text[from..start].chars().count();
        let marked = text[start..self.at.end.clamp(start, to)].chars().count().max(1);
        format!("{}\n  {}\n  {}{}", self.message, &text[from..to], " ".repeat(before), "^".repeat(marked))
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TextError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_is_meant_is_shown_with_its_place() {
        let shown = |at: Range<usize>, text: &str| TextError::new(at, "wrong").shown(text);
        assert_eq!(shown(4..6, "abc\nä+bc\nd"), "wrong\n  ä+bc\n  ^");
        assert_eq!(shown(7..9, "abc\nä+bc\nd"), "wrong\n  ä+bc\n    ^^");
        assert_eq!(shown(3..3, "abc"), "wrong\n  abc\n     ^");
        assert_eq!(shown(0..99, "abc\nd"), "wrong\n  abc\n  ^^^");
    }
}
