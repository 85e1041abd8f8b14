//! Part of a list, as the paged operations answer it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// Part of a list.
///
/// serde writes it as a map of its fields, with `items` as serde writes the items.
///
/// ```
/// use meeting_types::Page;
///
/// let page: Page<u32> = serde_json::from_str(r#"{"items": [7, 9], "count": 5}"#)?;
/// assert_eq!(page, Page::new(vec![7, 9], Some(5)));
/// assert_eq!(serde_json::to_string(&page)?, r#"{"items":[7,9],"count":5,"held":2}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this part.
    pub items: Vec<T>,
    /// Number of items of the whole list, if the service said it.
    pub count: Option<u64>,
    /// Number of items that the response held, with those that could not be read and are not among
    /// `items`. The offset of the next part counts them.
    pub held: usize,
}

impl<T> Page<T> {
    /// Part of a list of `count` items.
    #[must_use]
    pub fn new(items: Vec<T>, count: Option<u64>) -> Self {
        Self {
            held: items.len(),
            items,
            count,
        }
    }
}

/// A page without items, of a list whose length nobody told.
impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new(Vec::new(), None)
    }
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(Some(3))?;
        entries.serialize_entry("items", &self.items)?;
        entries.serialize_entry("count", &self.count)?;
        entries.serialize_entry("held", &self.held)?;
        entries.end()
    }
}

/// Without `held`, the page held its items. It cannot have held fewer.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Page<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of the fields of Page")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Page<T>, A::Error> {
                let (mut items, mut count, mut held) = (None::<Vec<T>>, None, None::<usize>);
                while let Some(key) = entries.next_key::<String>()? {
                    match key.as_str() {
                        "items" => items = Some(entries.next_value()?),
                        "count" => count = entries.next_value()?,
                        "held" => held = entries.next_value()?,
                        _ => {
                            entries.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                let items = items.ok_or_else(|| A::Error::missing_field("items"))?;
                let held = held.unwrap_or_default().max(items.len());
                Ok(Page { items, count, held })
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}
