//! The grammar of rules: text to a tree, each node with its place in the text.
//!
//! Loosest first: `or`; `and`; `not`; one comparison; `+` and `-`; `*` and `/`; a sign; then numbers, `$name`,
//! paths such as `btc.close@1h`, calls such as `macd(close, 12, 26, 9).signal`, and what stands in parentheses.

use std::ops::Range;

use winnow::combinator::{alt, cut_err, delimited, opt, preceded, repeat, terminated};
use winnow::error::{ErrMode, ParserError};
use winnow::stream::{Location, TokenSlice};
use winnow::token::any;
use winnow::{ModalResult, Parser};

use wb_kernel::TextError;

use super::token::{Token, TokenKind, tokens};

/// A part of a rule.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Expr {
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
    pub(super) kind: Kind,
}

/// What a part of a rule is.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    Number(f64),
    /// `$name`, without the dollar.
    Param(String),
    /// `close`, `btc.close@1h`.
    Path(String),
    Call(Call),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
}

/// `macd(close, 12).signal`
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    /// Where the name stands.
    pub(super) name_at: Range<usize>,
    pub(super) args: Vec<Expr>,
    pub(super) output: Option<String>,
}

/// What is done to one value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unary {
    Negate,
    Not,
}

/// What is done to two values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// Parentheses within each other beyond which a text is refused, so that reading it needs no large stack.
const DEEPEST: usize = 64;

/// Reads a rule.
///
/// # Errors
/// If the text does not follow the grammar.
pub(super) fn parse(text: &str) -> Result<Expr, TextError> {
    let tokens = tokens(text)?;
    refuse_deep(&tokens)?;
    let mut input = TokenSlice::new(&tokens);
    let tree = terminated(disjunction, end).parse_next(&mut input);
    tree.map_err(|error| {
        let wrong = error.into_inner().unwrap_or(Expected { at: 0, what: VALUE });
        told(&tokens, &wrong, text)
    })
}

fn refuse_deep(tokens: &[Token]) -> Result<(), TextError> {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            TokenKind::Symbol("(") => depth += 1,
            TokenKind::Symbol(")") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let message = format!("more than {DEEPEST} parentheses within each other");
            return Err(TextError::new(token.at.clone(), message));
        }
    }
    Ok(())
}

/// What stands instead of what was expected, in words.
fn told(tokens: &[Token], wrong: &Expected, text: &str) -> TextError {
    let Some(found) = tokens.iter().find(|token| token.at.start == wrong.at) else {
        return TextError::new(text.len()..text.len(), format!("the text ends; expected {}", wrong.what));
    };
    let word = &text[found.at.clone()];
    let instead = match word {
        "=" => Some("compare with `==`"),
        "&" | "&&" => Some("write `and`"),
        "|" | "||" => Some("write `or`"),
        "!" => Some("write `not`"),
        "^" | "**" => Some("there is no power; multiply"),
        "[" => Some("for an earlier value write `lag(x, n)`"),
        _ => None,
    };
    let chained = COMPARISONS.iter().any(|(symbol, _)| *symbol == word) && wrong.what != VALUE;
    let message = match instead {
        Some(instead) => format!("`{word}` means nothing here: {instead}"),
        None if chained => "comparisons do not follow each other: write `a < b and b < c`".to_string(),
        None => format!("`{word}` cannot stand here; expected {}", wrong.what),
    };
    TextError::new(found.at.clone(), message)
}

/// What was expected at which token.
#[derive(Clone, PartialEq, Debug)]
struct Expected {
    /// Where that token begins.
    at: usize,
    what: &'static str,
}

const VALUE: &str = "a value: a number, a field such as `close`, a `$name` or a function";
const OPERATOR: &str = "an operator or the end";

type Tokens<'a> = TokenSlice<'a, Token>;
type Parsed<T> = ModalResult<T, Expected>;

impl ParserError<Tokens<'_>> for Expected {
    type Inner = Expected;

    fn from_input(input: &Tokens<'_>) -> Expected {
        Expected { at: input.current_token_start(), what: VALUE }
    }

    fn or(self, other: Expected) -> Expected {
        if other.at >= self.at { other } else { self }
    }

    fn into_inner(self) -> Result<Expected, Expected> {
        Ok(self)
    }
}

/// The parser, and what to say is expected where it fails without having taken anything.
fn expecting<'a, T>(
    what: &'static str,
    mut parser: impl Parser<Tokens<'a>, T, ErrMode<Expected>>,
) -> impl Parser<Tokens<'a>, T, ErrMode<Expected>> {
    move |input: &mut Tokens<'a>| {
        let at = input.current_token_start();
        parser.parse_next(input).map_err(|error| match error {
            ErrMode::Backtrack(expected) if expected.at == at => {
                ErrMode::Backtrack(Expected { what, ..expected })
            }
            other => other,
        })
    }
}

fn end(input: &mut Tokens<'_>) -> Parsed<()> {
    expecting(OPERATOR, winnow::combinator::eof.void()).parse_next(input)
}

fn symbol<'a>(wanted: &'static str) -> impl Parser<Tokens<'a>, (), ErrMode<Expected>> {
    any.verify(move |token: &&Token| token.kind == TokenKind::Symbol(wanted)).void()
}

fn word<'a>(wanted: &'static str) -> impl Parser<Tokens<'a>, &'a Token, ErrMode<Expected>> {
    any.verify(move |token: &&Token| matches!(&token.kind, TokenKind::Path(path) if path == wanted))
}

/// `operand (operator operand)*`, grouped from the left.
fn chain<'a>(
    operand: fn(&mut Tokens<'a>) -> Parsed<Expr>,
    operator: fn(&mut Tokens<'a>) -> Parsed<Binary>,
    input: &mut Tokens<'a>,
) -> Parsed<Expr> {
    let mut left = operand(input)?;
    while let Some(operator) = opt(operator).parse_next(input)? {
        left = binary(operator, left, cut_err(operand).parse_next(input)?);
    }
    Ok(left)
}

fn binary(operator: Binary, left: Expr, right: Expr) -> Expr {
    let at = left.at.start..right.at.end;
    Expr { at, kind: Kind::Binary(operator, Box::new(left), Box::new(right)) }
}

fn disjunction(input: &mut Tokens<'_>) -> Parsed<Expr> {
    chain(conjunction, |input| word("or").value(Binary::Or).parse_next(input), input)
}

fn conjunction(input: &mut Tokens<'_>) -> Parsed<Expr> {
    chain(negation, |input| word("and").value(Binary::And).parse_next(input), input)
}

/// `not` before a comparison; several cancel out in pairs, as they are read.
fn negation(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let signs: Vec<usize> = repeat(0.., word("not").map(|token| token.at.start)).parse_next(input)?;
    let operand =
        if signs.is_empty() { comparison(input)? } else { cut_err(comparison).parse_next(input)? };
    Ok(prefixed(Unary::Not, &signs, operand))
}

const COMPARISONS: [(&str, Binary); 6] = [
    ("<=", Binary::LessOrEqual),
    (">=", Binary::GreaterOrEqual),
    ("==", Binary::Equal),
    ("!=", Binary::NotEqual),
    ("<", Binary::Less),
    (">", Binary::Greater),
];

fn comparison(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let left = sum(input)?;
    let operator = |token: &Token| COMPARISONS.iter().find(|(text, _)| token.kind == TokenKind::Symbol(text));
    match opt(any.verify_map(operator)).parse_next(input)? {
        Some((_, operator)) => Ok(binary(*operator, left, cut_err(sum).parse_next(input)?)),
        None => Ok(left),
    }
}

fn sum(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let operator = |input: &mut Tokens<'_>| {
        alt((symbol("+").value(Binary::Add), symbol("-").value(Binary::Subtract))).parse_next(input)
    };
    chain(product, operator, input)
}

fn product(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let operator = |input: &mut Tokens<'_>| {
        alt((symbol("*").value(Binary::Multiply), symbol("/").value(Binary::Divide))).parse_next(input)
    };
    chain(signed, operator, input)
}

fn signed(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let minus = any.verify(|token: &&Token| token.kind == TokenKind::Symbol("-"));
    let signs: Vec<usize> = repeat(0.., minus.map(|token: &Token| token.at.start)).parse_next(input)?;
    let operand = if signs.is_empty() { primary(input)? } else { cut_err(primary).parse_next(input)? };
    Ok(prefixed(Unary::Negate, &signs, operand))
}

/// The operand behind signs that begin at these places.
fn prefixed(operator: Unary, signs: &[usize], operand: Expr) -> Expr {
    signs.iter().rev().fold(operand, |operand, start| {
        let at = *start..operand.at.end;
        Expr { at, kind: Kind::Unary(operator, Box::new(operand)) }
    })
}

fn primary(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let parenthesis = delimited(symbol("("), cut_err(disjunction), cut_err(expecting("`)`", symbol(")"))));
    expecting(VALUE, alt((leaf, call_or_path, parenthesis))).parse_next(input)
}

fn leaf(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let leaf = |token: &Token| {
        let kind = match &token.kind {
            TokenKind::Number(x) => Kind::Number(*x),
            TokenKind::Param(name) => Kind::Param(name.clone()),
            _ => return None,
        };
        Some(Expr { at: token.at.clone(), kind })
    };
    any.verify_map(leaf).parse_next(input)
}

/// Words of the grammar, which are no names.
const WORDS: [&str; 3] = ["and", "or", "not"];

fn path<'a>(input: &mut Tokens<'a>) -> Parsed<&'a Token> {
    let is_name =
        |token: &&Token| matches!(&token.kind, TokenKind::Path(path) if !WORDS.contains(&path.as_str()));
    any.verify(is_name).parse_next(input)
}

fn call_or_path(input: &mut Tokens<'_>) -> Parsed<Expr> {
    let name = path(input)?;
    let TokenKind::Path(text) = &name.kind else { unreachable!("a path was asked for") };
    if opt(symbol("(")).parse_next(input)?.is_none() {
        return Ok(Expr { at: name.at.clone(), kind: Kind::Path(text.clone()) });
    }
    let mut args: Vec<Expr> = opt(disjunction).parse_next(input)?.into_iter().collect();
    if !args.is_empty() {
        let more: Vec<Expr> = repeat(0.., preceded(symbol(","), cut_err(disjunction))).parse_next(input)?;
        args.extend(more);
    }
    let close = any.verify(|token: &&Token| token.kind == TokenKind::Symbol(")"));
    let close: &Token = cut_err(expecting("`,` or `)`", close)).parse_next(input)?;
    let output =
        opt(preceded(symbol("."), cut_err(expecting("the name of an output", path)))).parse_next(input)?;
    let at = name.at.start..output.map_or(close.at.end, |output| output.at.end);
    let output = output.map(|token| match &token.kind {
        TokenKind::Path(text) => text.clone(),
        _ => unreachable!("a path was asked for"),
    });
    let call = Call { name: text.clone(), name_at: name.at.clone(), args, output };
    Ok(Expr { at, kind: Kind::Call(call) })
}

impl Expr {
    /// Visits it and everything in it.
    pub(super) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        visit(self);
        match &self.kind {
            Kind::Number(_) | Kind::Param(_) | Kind::Path(_) => {}
            Kind::Call(call) => call.args.iter().for_each(|arg| arg.walk(visit)),
            Kind::Unary(_, operand) => operand.walk(visit),
            Kind::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
        }
    }
}
