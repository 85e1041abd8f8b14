//! Meaning of a bare word: a number in another language's spelling, a literal, or text.

use super::MendKind;

/// Meaning of a word in the place of a value.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// A JSON number or literal.
    AsItIs,
    /// JSON to write in its place.
    Json(String, MendKind),
    /// Text.
    Text(MendKind),
}

/// Finds out what `word` means: characters without white space, quotes, commas, colons or brackets.
pub(super) fn meaning(word: &str) -> Meaning {
    if matches!(word, "true" | "false" | "null") || is_number(word) {
        return Meaning::AsItIs;
    }
    let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    let json = |json: &str, kind| Meaning::Json(json.to_owned(), kind);
    if is(&["true"]) {
        return json("true", MendKind::Word);
    }
    if is(&["false"]) {
        return json("false", MendKind::Word);
    }
    if is(&["null", "none", "nil", "undefined"]) {
        return json("null", MendKind::Word);
    }
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let endless = ["nan", "inf", "infinity"];
    let is_endless = endless.iter().any(|w| unsigned.eq_ignore_ascii_case(w));
    if is_endless || word.bytes().all(|byte| b"+-.".contains(&byte)) {
        return json("null", MendKind::Number);
    }
    if let Some(number) = respelt(word) {
        return Meaning::Json(number, MendKind::Number);
    }
    let starts_like_number = word.starts_with(|c: char| "+-.".contains(c) || c.is_ascii_digit());
    Meaning::Text(if starts_like_number {
        MendKind::Number
    } else {
        MendKind::Word
    })
}

/// Whether serde_json takes it for a number: it refuses what a float cannot hold.
fn is_number(word: &str) -> bool {
    serde_json::from_str::<f64>(word).is_ok()
}

/// The number as JSON spells it. Nothing when digits would be lost by it: `007` may be an id.
fn respelt(word: &str) -> Option<String> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u64::from_str_radix(hex, 16).ok()?;
        return Some(format!("{sign}{number}"));
    }
    let digits = without_underscores(digits)?;
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (&*digits, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_bad = |digits: &str| !digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_bad(whole) || is_bad(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let number = format!("{sign}{whole}{point}{fraction}{exponent}");
    // Also looks at the exponent, and at the size of it all.
    is_number(&number).then_some(number)
}

/// The digits without the underscores that group them. Nothing when one stands elsewhere.
fn without_underscores(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split('_').collect();
    let is_grouped = parts.windows(2).all(|pair| {
        pair[0].ends_with(|c: char| c.is_ascii_digit())
            && pair[1].starts_with(|c: char| c.is_ascii_digit())
    });
    is_grouped.then(|| parts.concat())
}
