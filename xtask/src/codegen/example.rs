//! JSON of an example: written in a document, or made up by the emitter.

use serde::{Deserialize, Deserializer, de};

/// A JSON value whose keys keep their order: the first one is what an example shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Example {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Example>),
    Object(Vec<(String, Example)>),
}

impl Example {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value of a key; `None` when there is none, or this is no object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(entries) = self else {
            return None;
        };
        let entry = entries.iter().find(|(name, _)| name == key)?;
        Some(&entry.1)
    }

    /// JSON text of lines of at most `width` columns, as far as the values allow it.
    pub(crate) fn json(&self, width: usize) -> String {
        let mut out = String::new();
        self.write_json(&mut out, 0, width);
        out
    }

    fn write_json(&self, out: &mut String, indent: usize, width: usize) {
        let compact = self.compact();
        let column = out.len() - out.rfind('\n').map_or(0, |end| end + 1);
        // A comma may follow.
        if column + compact.chars().count() < width {
            out.push_str(&compact);
            return;
        }
        let margin = " ".repeat(indent + 4);
        let mut separator = "\n";
        match self {
            Self::Object(entries) => {
                out.push('{');
                for (key, value) in entries {
                    out.push_str(&format!("{separator}{margin}{}: ", quoted(key)));
                    value.write_json(out, indent + 4, width);
                    separator = ",\n";
                }
                out.push_str(&format!("\n{}}}", " ".repeat(indent)));
            }
            Self::List(items) => {
                out.push('[');
                for value in items {
                    out.push_str(&format!("{separator}{margin}"));
                    value.write_json(out, indent + 4, width);
                    separator = ",\n";
                }
                out.push_str(&format!("\n{}]", " ".repeat(indent)));
            }
            _ => out.push_str(&compact),
        }
    }

    fn compact(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => format!("{value:?}"),
            Self::Text(text) => quoted(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::compact).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quoted(key), value.compact()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Example {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Example;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Example, E> {
        Ok(Example::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Example, E> {
        Ok(Example::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Example, E> {
        Ok(Example::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Example, E> {
        i64::try_from(value).map(Example::Int).map_err(E::custom)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Example, E> {
        Ok(Example::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Example, E> {
        Ok(Example::text(value))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Example, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Example::List(list))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Example, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Example::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_breaks_where_a_line_is_full() {
        let example = Example::Object(vec![
            ("b".to_owned(), Example::Int(1)),
            (
                "a".to_owned(),
                Example::List(vec![Example::text("x\"y"), Example::Float(2.0)]),
            ),
        ]);
        assert_eq!(example.json(40), r#"{"b": 1, "a": ["x\"y", 2.0]}"#);
        assert_eq!(
            example.json(24),
            "{\n    \"b\": 1,\n    \"a\": [\"x\\\"y\", 2.0]\n}"
        );
    }
}
