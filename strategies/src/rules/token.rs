//! The words of rules: text to tokens.

use std::ops::Range;

use winnow::ascii::{float, multispace0};
use winnow::combinator::{alt, opt, peek, preceded, repeat};
use winnow::stream::{LocatingSlice, Location, Stream};
use winnow::token::{any, one_of, take_while};
use winnow::{ModalResult, Parser};

use wb_kernel::TextError;

/// A word of a rule.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
    pub(super) kind: TokenKind,
}

impl Location for Token {
    fn previous_token_end(&self) -> usize {
        self.at.end
    }

    fn current_token_start(&self) -> usize {
        self.at.start
    }
}

/// What a word is.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum TokenKind {
    Number(f64),
    /// `$name`, without the dollar.
    Param(String),
    /// `close`, `btc.close@1h`, `and`.
    Path(String),
    /// A sign of the language.
    Symbol(&'static str),
    /// A sign that the language does not have.
    Stray,
}

/// The longest first where one begins another.
const SYMBOLS: [&str; 14] = ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."];

/// Signs of other languages that are told as one word.
const STRAY: [&str; 3] = ["&&", "||", "**"];

type Text<'a> = LocatingSlice<&'a str>;

/// Every word of a text.
///
/// # Errors
/// If a number is none that can be calculated with.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, TextError> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        let space: ModalResult<&str> = multispace0.parse_next(&mut input);
        space.expect("there may be no space at all");
        if input.eof_offset() == 0 {
            return Ok(tokens);
        }
        let start = input.current_token_start();
        let kind = token(&mut input).map_err(|_| TextError::new(start..text.len(), "this cannot be read"))?;
        let token = Token { at: start..input.previous_token_end(), kind };
        if matches!(token.kind, TokenKind::Number(x) if !x.is_finite()) {
            return Err(TextError::new(token.at, "this number is too large"));
        }
        tokens.push(token);
    }
}

fn token(input: &mut Text<'_>) -> ModalResult<TokenKind> {
    let digit = one_of(|c: char| c.is_ascii_digit());
    alt((
        preceded(peek((opt('.'), digit)), float).map(TokenKind::Number),
        preceded('$', name).map(|name: &str| TokenKind::Param(name.to_string())),
        path.map(|path: &str| TokenKind::Path(path.to_string())),
        symbol,
        alt((alt(STRAY), any.take())).value(TokenKind::Stray),
    ))
    .parse_next(input)
}

fn symbol(input: &mut Text<'_>) -> ModalResult<TokenKind> {
    let found = SYMBOLS.into_iter().find(|symbol| input.starts_with(symbol));
    match found {
        Some(symbol) => symbol.value(TokenKind::Symbol(symbol)).parse_next(input),
        None => winnow::combinator::fail.parse_next(input),
    }
}

fn name<'a>(input: &mut Text<'a>) -> ModalResult<&'a str> {
    let first = one_of(|c: char| c.is_alphabetic() || c == '_');
    (first, take_while(0.., |c: char| c.is_alphanumeric() || c == '_')).take().parse_next(input)
}

/// Names joined by points, and an interval behind them.
fn path<'a>(input: &mut Text<'a>) -> ModalResult<&'a str> {
    let interval = ('@', take_while(1.., |c: char| c.is_alphanumeric()));
    let more = repeat::<_, _, (), _, _>(0.., ('.', name));
    (name, more, opt(interval)).take().parse_next(input)
}
