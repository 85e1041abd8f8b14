// A call as a program of one's own would take it apart: path, query, headers and body, each from
// and to the fields of an operation.

use std::{fmt, str::FromStr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{
    Serialize,
    de::{
        self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
};

use crate::{
    credential::Authorization,
    operation::OperationInfo,
    page::Page,
    upload::{Upload, read_form, write_form},
};

/// One call of the REST API, as a value.
pub trait Operation: fmt::Debug + Sized {
    /// What the call must carry.
    type Authorization: Authorization;
    /// What a successful call answers.
    type Output;
    /// The facts about the operation.
    const INFO: &'static OperationInfo;

    /// Takes the operation apart.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a value cannot travel.
    fn to_call(&self) -> Result<Call, Failure>;

    /// Puts an operation together.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a value is missing or unusable.
    fn from_call(call: &Call) -> Result<Self, Failure>;

    /// Writes the body of a response.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a value cannot travel.
    fn write_reply(reply: &Self::Output) -> Result<Vec<u8>, Failure>;

    /// Reads the body of a response.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a value is missing or unusable.
    fn read_reply(body: &[u8]) -> Result<Self::Output, Failure>;
}

/// Operation that answers a part of a longer list.
pub trait PagedOperation: Operation {
    /// Type of the listed items.
    type Item: fmt::Debug + Send + 'static;
    /// Path of the list in the response.
    const ITEMS: &'static [&'static str];
    /// Path of the number of items of the whole list, where the response has one.
    const COUNT: Option<&'static [&'static str]>;

    /// Asks for `limit` items from `offset` on.
    fn set_page(&mut self, offset: u32, limit: u32);

    /// The number of items asked for, if set.
    fn page_limit(&self) -> Option<u32>;

    /// The first item asked for, if set.
    fn page_offset(&self) -> Option<u32>;

    /// Takes the items out of an output.
    fn take_page(output: Self::Output) -> Page<Self::Item>;
}

/// Why a call cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The body is not what it should be.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A parameter is missing or unusable.
    #[error("a parameter is missing or unusable: {0}")]
    Parameter(#[from] de::value::Error),
    /// A text cannot stand in a header.
    #[error(transparent)]
    Header(#[from] http::Error),
}

impl Failure {
    pub(crate) fn missing(name: &str) -> Self {
        Self::Parameter(de::Error::custom(name))
    }
}

/// What a field that is set later begins with.
pub(crate) fn unset<T: From<&'static str>>() -> T {
    T::from("")
}

/// The same for an enum, which keeps any text or number.
pub(crate) fn unset_enum<T: DeserializeOwned>() -> T {
    let text: Result<T, de::value::Error> = T::deserialize("".into_deserializer());
    let number = || -> Result<T, de::value::Error> { T::deserialize(0_i32.into_deserializer()) };
    text.or_else(|_| number())
        .unwrap_or_else(|_| unreachable!("enums keep what they do not know"))
}

/// The parts of a request.
#[derive(Debug)]
pub struct Call {
    template: &'static str,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(info: &'static OperationInfo) -> Self {
        Self {
            template: info.path,
            path: info.path.to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn path<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Failure> {
        for text in texts(&serde_json::to_value(value)?) {
            let text = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            self.path = self.path.replace(&format!("{{{name}}}"), &text);
        }
        Ok(())
    }

    pub(crate) fn query<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Failure> {
        let value = serde_json::to_value(value)?;
        self.query
            .extend(texts(&value).map(|text| (name.to_owned(), text)));
        Ok(())
    }

    pub(crate) fn all_query<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        if let serde_json::Value::Object(entries) = serde_json::to_value(value)? {
            for (name, value) in &entries {
                self.query
                    .extend(texts(value).map(|text| (name.clone(), text)));
            }
        }
        Ok(())
    }

    pub(crate) fn header<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Failure> {
        for text in texts(&serde_json::to_value(value)?) {
            let name = HeaderName::from_str(name).map_err(http::Error::from)?;
            let text = HeaderValue::from_str(&text).map_err(http::Error::from)?;
            self.headers.insert(name, text);
        }
        Ok(())
    }

    pub(crate) fn json<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        self.body = serde_json::to_vec(value)?.into();
        Ok(())
    }

    pub(crate) fn file(&mut self, name: &str, file: &Upload) {
        (self.body, _) = write_form(&[(name, file)]);
    }

    pub(crate) fn read_path<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let parts = self.template.split('/').zip(self.path.split('/'));
        let found = parts
            .filter(|(template, _)| template.trim_matches(['{', '}']) == name)
            .map(|(_, text)| text.to_owned());
        Ok(T::deserialize(Texts(found.collect()))?)
    }

    pub(crate) fn read_query<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let entries = self.query.iter().filter(|(key, _)| key == name);
        let found = entries.map(|(_, text)| text.clone());
        Ok(T::deserialize(Texts(found.collect()))?)
    }

    pub(crate) fn read_all_query<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let mut entries: Vec<(&str, Texts)> = Vec::new();
        for (name, text) in &self.query {
            match entries.iter_mut().find(|(key, _)| key == name) {
                Some((_, texts)) => texts.0.push(text.clone()),
                None => entries.push((name, Texts(vec![text.clone()]))),
            }
        }
        Ok(T::deserialize(MapDeserializer::new(entries.into_iter()))?)
    }

    pub(crate) fn read_header<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let found = self.headers.get_all(name).into_iter();
        let found = found.filter_map(|text| Some(text.to_str().ok()?.to_owned()));
        Ok(T::deserialize(Texts(found.collect()))?)
    }

    pub(crate) fn read_json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    pub(crate) fn read_file(&self, name: &str) -> Result<Upload, Failure> {
        let kind = self.headers.get(http::header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        read_form(kind, &self.body, name).ok_or_else(|| Failure::missing(name))
    }
}

/// The texts of a parameter: none when it is absent, several when it is a list.
fn texts(value: &serde_json::Value) -> impl Iterator<Item = String> {
    let values = match value {
        serde_json::Value::Array(items) => items.as_slice(),
        serde_json::Value::Null => &[],
        other => std::slice::from_ref(other),
    };
    values.iter().map(|value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// Texts that are read as whatever is wanted.
struct Texts(Vec<String>);

impl<'de> IntoDeserializer<'de> for Texts {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Texts {
    fn first(&self) -> Result<&str, de::value::Error> {
        let first = self.0.first();
        first
            .map(String::as_str)
            .ok_or_else(|| de::Error::custom("absent"))
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.$visit(self.first()?.parse().map_err(de::Error::custom)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Texts {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.first()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let items = self.0.into_iter().map(|text| Texts(vec![text]));
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_enum(self.first()?.into_deserializer())
    }

    parsed! {
        deserialize_bool visit_bool, deserialize_u8 visit_u8, deserialize_u16 visit_u16,
        deserialize_u32 visit_u32, deserialize_u64 visit_u64, deserialize_i8 visit_i8,
        deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_f32 visit_f32, deserialize_f64 visit_f64
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}
