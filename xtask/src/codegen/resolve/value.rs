//! The Rust type and the wire format of one value.

use super::{Context, Here};
use crate::codegen::{
    api::{Bounded, Format, Limits, NAMED_TYPES, NamedType, Type},
    format::{self, Spelt},
    spec::{Scalar, Schema, SchemaType},
};

/// What a schema says about one value.
pub(super) struct Value {
    pub(super) kind: Type,
    pub(super) format: Format,
    pub(super) limits: Limits,
    pub(super) item_limits: Limits,
    /// For a `$ref` to an enum: its values and the names of their variants.
    variants: Vec<(Scalar, String)>,
}

impl Value {
    fn plain(kind: Type) -> Self {
        Self::spelt(kind, Format::Plain)
    }

    fn spelt(kind: Type, format: Format) -> Self {
        let (limits, item_limits) = (Limits::default(), Limits::default());
        Self {
            kind,
            format,
            limits,
            item_limits,
            variants: Vec::new(),
        }
    }

    fn bounded(self, of: Bounded, min: Option<i64>, max: Option<i64>) -> Self {
        let of = if min.or(max).is_some() {
            of
        } else {
            Bounded::Nothing
        };
        Self {
            limits: Limits { of, min, max },
            ..self
        }
    }
}

/// Keys that say nothing about the value itself and are read by whoever asks for it.
pub(super) const BESIDE: [&str; 5] = ["x-name", "x-also", "description", "deprecated", "default"];

impl Context<'_> {
    /// Resolves a value. `beside` lists the keys that the caller reads.
    pub(super) fn value(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
        beside: &[&str],
    ) -> Option<Value> {
        let (value, own_keys) = self.value_and_keys(here, schema)?;
        for key in schema.keys() {
            if !own_keys.contains(&key) && !beside.contains(&key) {
                let message = format!("`{key}` does not go with this kind of value");
                self.problems.add(&here.at, message);
            }
        }
        for (what, min, max) in [
            ("Length", schema.min_length, schema.max_length),
            ("imum", schema.minimum, schema.maximum),
            ("Items", schema.min_items, schema.max_items),
        ] {
            if min.zip(max).is_some_and(|(min, max)| min > max) {
                self.problems
                    .add(&here.at, format!("`min{what}` is above `max{what}`"));
            }
        }
        Some(value)
    }

    fn value_and_keys(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        if let Some(reference) = &schema.reference {
            return Some((self.reference(here, reference)?, &["$ref"]));
        }
        if schema.values.is_some() {
            let message = "make this `enum` a component and refer to it with `$ref`";
            self.problems.add(&here.at, message);
            return None;
        }
        match schema.kind {
            Some(SchemaType::String) => self.string(here, schema),
            Some(SchemaType::Integer) => self.integer(here, schema),
            Some(SchemaType::Number) => {
                let known = matches!(schema.format.as_deref(), None | Some("float" | "double"));
                if !known {
                    self.problems
                        .add(&here.at.key("format"), "write `float` or `double`");
                }
                let value = Value::plain(Type::F64).bounded(
                    Bounded::Number,
                    schema.minimum,
                    schema.maximum,
                );
                Some((value, &["type", "format", "minimum", "maximum"]))
            }
            Some(SchemaType::Boolean) => Some((Value::plain(Type::Bool), &["type"])),
            Some(SchemaType::Array) => self.array(here, schema),
            Some(SchemaType::Object) => self.object(here, schema),
            None => {
                self.problems.add(&here.at, "`type` or `$ref` is missing");
                None
            }
        }
    }

    fn reference(&mut self, here: &Here<'_>, reference: &str) -> Option<Value> {
        let (name, target) = self.referenced(here, reference)?;
        let Some(values) = &target.values else {
            return Some(Value::plain(Type::Model(name)));
        };
        let variants = super::component::variant_names(target);
        let variants = values.iter().cloned().zip(variants).collect();
        Some(Value {
            variants,
            ..Value::plain(Type::Enum(name))
        })
    }

    fn string(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        let length =
            |value: Value| value.bounded(Bounded::Characters, schema.min_length, schema.max_length);
        if let Some(name) = &schema.rust_type {
            let named = self.named(here, name)?;
            if named.number {
                // The limits of the number, though it travels as text.
                let value = Value::spelt(Type::Named(named), Format::IntText);
                let value = value.bounded(Bounded::Number, schema.minimum, schema.maximum);
                return Some((value, &["type", "x-type", "minimum", "maximum"]));
            }
            let value = length(Value::plain(Type::Named(named)));
            let keys = &["type", "x-type", "x-characters", "minLength", "maxLength"];
            return Some((value, keys));
        }
        if let Some(format) = schema.format.as_deref() {
            if format == "date" {
                return Some((Value::plain(Type::Date), &["type", "format"]));
            }
            let message = format!(
                "`{format}` is not a format of strings here: write `date`, or use `x-format`"
            );
            self.problems.add(&here.at.key("format"), message);
            return None;
        }
        if let Some(name) = &schema.wire_format {
            return self.spelt(here, schema, SchemaType::String, name);
        }
        let value = length(Value::plain(Type::Text));
        let keys = &[
            "type",
            "x-characters",
            "minLength",
            "maxLength",
            "x-multiline",
        ];
        Some((value, keys))
    }

    /// The type that `x-type` names.
    fn named(&mut self, here: &Here<'_>, name: &str) -> Option<&'static NamedType> {
        let found = NAMED_TYPES.iter().find(|named| named.name == name);
        if found.is_none() {
            let known: Vec<&str> = NAMED_TYPES.iter().map(|named| named.name).collect();
            let message = format!("`{name}` is not one of {}", known.join(", "));
            self.problems.add(&here.at.key("x-type"), message);
        }
        found
    }

    fn integer(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        let range = |value: Value| value.bounded(Bounded::Number, schema.minimum, schema.maximum);
        if let Some(name) = &schema.rust_type {
            let named = self.named(here, name)?;
            if !named.number {
                let message = format!("`{name}` is a text; write `type: string`");
                self.problems.add(&here.at.key("x-type"), message);
                return None;
            }
            let value = range(Value::plain(Type::Named(named)));
            let keys = &["type", "format", "x-type", "minimum", "maximum"];
            return Some((value, keys));
        }
        let wide = match schema.format.as_deref() {
            Some("int32") => false,
            Some("int64") => true,
            None if schema.wire_format.is_some() => false,
            _ => {
                self.problems
                    .add(&here.at.key("format"), "write `int32` or `int64`");
                return None;
            }
        };
        if let Some(name) = &schema.wire_format {
            return self.spelt(here, schema, SchemaType::Integer, name);
        }
        let unsigned = schema.minimum.is_some_and(|minimum| minimum >= 0);
        let kind = match (wide, unsigned) {
            (false, false) => Type::I32,
            (false, true) => Type::U32,
            (true, false) => Type::I64,
            (true, true) => Type::U64,
        };
        let mut value = range(Value::plain(kind));
        if value.limits
            == (Limits {
                of: Bounded::Number,
                min: Some(0),
                max: None,
            })
        {
            // An unsigned type says so already.
            value.limits = Limits::default();
        }
        Some((value, &["type", "format", "minimum", "maximum"]))
    }

    /// A value with an `x-format`.
    fn spelt(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
        kind: SchemaType,
        name: &str,
    ) -> Option<(Value, &'static [&'static str])> {
        let format = match format::named(name, kind) {
            Ok(format) => format,
            Err(problem) => {
                self.problems.add(&here.at.key("x-format"), problem);
                return None;
            }
        };
        let spelt = |kind| Value::spelt(kind, format.format);
        let (value, keys): (_, &[_]) = match format.value {
            Spelt::Truth => (spelt(Type::Bool), &["type", "format", "x-format"]),
            Spelt::Time => (spelt(Type::Timestamp), &["type", "format", "x-format"]),
            Spelt::Span => (
                spelt(Type::Duration).bounded(Bounded::Number, schema.minimum, schema.maximum),
                &["type", "format", "x-format", "minimum", "maximum"],
            ),
            Spelt::Text => (
                spelt(Type::Text).bounded(
                    Bounded::Characters,
                    schema.min_length,
                    schema.max_length,
                ),
                &["type", "x-format", "minLength", "maxLength", "x-multiline"],
            ),
            Spelt::List => return self.comma_joined(here, schema),
        };
        Some((value, keys))
    }

    fn array(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        let item = self.item(here, schema)?;
        let value = Value {
            item_limits: item.limits,
            ..Value::spelt(Type::List(Box::new(item.kind)), item.format)
        };
        let value = value.bounded(Bounded::Items, schema.min_items, schema.max_items);
        Some((value, &["type", "items", "minItems", "maxItems"]))
    }

    fn comma_joined(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        let item = self.item(here, schema)?;
        if item.format != Format::Plain {
            let message = "items of a comma-joined list cannot have a format of their own";
            self.problems.add(&here.at.key("items"), message);
        }
        if matches!(item.kind, Type::Model(_)) {
            let message = "an object cannot stand in a comma-joined list";
            self.problems.add(&here.at.key("items"), message);
        }
        let value = Value {
            item_limits: item.limits,
            ..Value::spelt(Type::List(Box::new(item.kind)), Format::Comma)
        };
        let value = value.bounded(Bounded::Items, schema.min_items, schema.max_items);
        Some((
            value,
            &["type", "x-format", "items", "minItems", "maxItems"],
        ))
    }

    fn item(&mut self, here: &Here<'_>, schema: &Schema) -> Option<Value> {
        let Some(items) = &schema.items else {
            self.problems.add(&here.at, "`items` is missing");
            return None;
        };
        let here = here.with(here.at.key("items"));
        let item = self.value(&here, items, &[])?;
        if items.characters.is_some() {
            let message = "the characters of items are not checked";
            self.problems.add(&here.at.key("x-characters"), message);
        }
        if matches!(item.kind, Type::List(_) | Type::Map) {
            self.problems
                .add(&here.at, "a list of lists or maps is not supported");
            return None;
        }
        Some(item)
    }

    fn object(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
    ) -> Option<(Value, &'static [&'static str])> {
        let Some(values) = &schema.additional_properties else {
            let message = "make this object a component and refer to it with `$ref`";
            self.problems.add(&here.at, message);
            return None;
        };
        let here = here.with(here.at.key("additionalProperties"));
        let value = self.value(&here, values, &[])?;
        if value.kind != Type::Text || value.limits != Limits::default() {
            self.problems.add(
                &here.at,
                "a map holds plain strings: write `{ type: string }`",
            );
        }
        Some((Value::plain(Type::Map), &["type", "additionalProperties"]))
    }

    /// The default as it is shown to people.
    pub(super) fn default(
        &mut self,
        here: &Here<'_>,
        schema: &Schema,
        value: &Value,
    ) -> Option<String> {
        let default = schema.default.as_ref()?;
        let shown = shown_default(default, value);
        if shown.is_none() {
            let message = format!("`{}` is no value of this field", default.text());
            self.problems.add(&here.at.key("default"), message);
        }
        shown
    }
}

/// Yes or no, from the way in which `format` spells it on the wire.
pub(super) fn wire_bool(format: Format, value: &Scalar) -> Option<bool> {
    let text = |text: &str| Scalar::Text(text.to_owned());
    let (yes, no) = match format {
        Format::Bit => (Scalar::Int(1), Scalar::Int(0)),
        Format::BitText => (text("1"), text("0")),
        Format::YesNo => (text("Y"), text("N")),
        Format::YesNoWord => (text("YES"), text("NO")),
        _ => (Scalar::Bool(true), Scalar::Bool(false)),
    };
    (*value == yes)
        .then_some(true)
        .or_else(|| (*value == no).then_some(false))
}

fn shown_default(default: &Scalar, value: &Value) -> Option<String> {
    match (&value.kind, default) {
        (Type::Text | Type::Named(_), Scalar::Text(text)) => Some(format!("`{text}`")),
        (Type::Bool, _) => wire_bool(value.format, default).map(|yes| format!("`{yes}`")),
        (Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::Named(_), Scalar::Int(number)) => {
            let limits = value.limits;
            let fits = limits.min.is_none_or(|min| min <= *number)
                && limits.max.is_none_or(|max| *number <= max);
            fits.then(|| number.to_string())
        }
        (Type::F64, Scalar::Int(_) | Scalar::Float(_)) => Some(default.text()),
        (Type::Duration, Scalar::Int(number)) => {
            let unit = match value.format {
                Format::Minutes => "minute",
                Format::Millis => "millisecond",
                _ => "second",
            };
            let plural = if *number == 1 { "" } else { "s" };
            Some(format!("{number} {unit}{plural}"))
        }
        (Type::Enum(_), _) => {
            let found = value.variants.iter().find(|(wire, _)| wire == default);
            found.map(|(_, variant)| format!("`{variant}`"))
        }
        _ => None,
    }
}
