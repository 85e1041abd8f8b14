//! `Serialize` and `Deserialize` of structs and enums without a derive, which is a crate more and takes
//! longer to compile.
//!
//! Structs are maps by the names of their fields; enums have the name of the variant outside. Fields
//! that are missing are read as null is.

use std::marker::PhantomData;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
    forward_to_deserialize_any,
};

/// Implements serde for a struct whose fields are all listed. `as module` names the module whose
/// `serialize` and `deserialize` a field is written and read with.
#[doc(hidden)]
#[macro_export]
macro_rules! serde_struct {
    ($name:ident $(<$life:lifetime>)? { $($field:ident: $type:ty $(as $with:ident)?),* $(,)? }) => {
        $crate::serde_struct! { @write $name { $($field: $type $(as $with)?),* } }
        $crate::serde_struct! { @read $name { $($field: $type $(as $with)?),* } }
    };
    (@write $name:ident $(<$life:lifetime>)? { $($field:ident: $type:ty $(as $with:ident)?),* }) => {
        impl ::serde::Serialize for $name $(<$life>)? {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;

                const COUNT: usize = [$(stringify!($field)),*].len();
                let mut entries = serializer.serialize_map(Some(COUNT))?;
                $(
                    let value = &self.$field;
                    $crate::serde_struct! { @entry entries $field value $type $(, $with)? }
                )*
                entries.end()
            }
        }
    };
    (@entry $entries:ident $field:ident $value:ident $type:ty) => {
        $entries.serialize_entry(stringify!($field), $value)?;
    };
    (@entry $entries:ident $field:ident $value:ident $type:ty, $with:ident) => {{
        struct With<'a>(&'a $type);

        impl ::serde::Serialize for With<'_> {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $with::serialize(self.0, serializer)
            }
        }

        $entries.serialize_entry(stringify!($field), &With($value))?;
    }};
    (@read $name:ident { $($field:ident: $type:ty $(as $with:ident)?),* }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct AllFields;

                impl<'de> ::serde::de::Visitor<'de> for AllFields {
                    type Value = $name;

                    fn expecting(
                        &self,
                        f: &mut ::std::fmt::Formatter<'_>,
                    ) -> ::std::fmt::Result {
                        f.write_str(concat!("a map of the fields of ", stringify!($name)))
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut entries: A,
                    ) -> Result<$name, A::Error> {
                        $(let mut $field: Option<$type> = None;)*
                        while let Some(key) = entries.next_key::<String>()? {
                            match key.as_str() {
                                $(stringify!($field) => {
                                    $field = Some(
                                        $crate::serde_struct! { @value entries $type $(, $with)? }
                                    );
                                })*
                                _ => {
                                    entries.next_value::<::serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok($name {
                            $($field: match $field {
                                Some(value) => value,
                                None => $crate::serde_struct! { @missing $field $($with)? },
                            },)*
                        })
                    }
                }

                deserializer.deserialize_map(AllFields)
            }
        }
    };
    (@missing $field:ident) => {
        $crate::__missing_field(stringify!($field))?
    };
    (@missing $field:ident $with:ident) => {
        return Err(::serde::de::Error::missing_field(stringify!($field)))
    };
    (@value $entries:ident $type:ty) => {
        $entries.next_value::<$type>()?
    };
    (@value $entries:ident $type:ty, $with:ident) => {{
        struct With($type);

        impl<'de> ::serde::Deserialize<'de> for With {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $with::deserialize(deserializer).map(Self)
            }
        }

        $entries.next_value::<With>()?.0
    }};
}

/// Implements serde for an enum whose variants are all listed: `Unit`, `Newtype(Type)` or
/// `Struct { field: Type }`. `= "tag"` gives a variant another name than its own.
#[doc(hidden)]
#[macro_export]
macro_rules! serde_enum {
    ($name:ident { $(
        $variant:ident $(= $tag:literal)? $(($type:ty))? $({ $($field:ident: $field_type:ty),* $(,)? })?
    ),* $(,)? }) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(
                        $crate::serde_enum! {
                            @pattern value $variant $(($type))? $({ $($field)* })?
                        } => $crate::serde_enum! {
                            @write serializer $name
                            ($crate::serde_enum! { @tag $variant $($tag)? })
                            value $(($type))? $({ $($field: $field_type),* })?
                        },
                    )*
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                const TAGS: &[&str] = &[$($crate::serde_enum! { @tag $variant $($tag)? }),*];

                struct Variants;

                impl<'de> ::serde::de::Visitor<'de> for Variants {
                    type Value = $name;

                    fn expecting(
                        &self,
                        f: &mut ::std::fmt::Formatter<'_>,
                    ) -> ::std::fmt::Result {
                        f.write_str(concat!("a variant of ", stringify!($name)))
                    }

                    fn visit_enum<A: ::serde::de::EnumAccess<'de>>(
                        self,
                        data: A,
                    ) -> Result<$name, A::Error> {
                        use ::serde::de::{Error as _, VariantAccess as _};

                        let (tag, content) = data.variant::<String>()?;
                        $(
                            if tag == $crate::serde_enum! { @tag $variant $($tag)? } {
                                return $crate::serde_enum! {
                                    @read content $name $variant
                                    $(($type))? $({ $($field: $field_type),* })?
                                };
                            }
                        )*
                        Err(A::Error::unknown_variant(&tag, TAGS))
                    }
                }

                deserializer.deserialize_enum(stringify!($name), TAGS, Variants)
            }
        }
    };
    (@tag $variant:ident) => { stringify!($variant) };
    (@tag $variant:ident $tag:literal) => { $tag };
    (@pattern $value:ident $variant:ident) => { Self::$variant };
    (@pattern $value:ident $variant:ident ($type:ty)) => { Self::$variant($value) };
    (@pattern $value:ident $variant:ident { $($field:ident)* }) => { Self::$variant { $($field),* } };
    (@write $serializer:ident $name:ident ($tag:expr) $value:ident) => {
        $serializer.serialize_unit_variant(stringify!($name), 0, $tag)
    };
    (@write $serializer:ident $name:ident ($tag:expr) $value:ident ($type:ty)) => {
        $serializer.serialize_newtype_variant(stringify!($name), 0, $tag, $value)
    };
    (@write $serializer:ident $name:ident ($tag:expr) $value:ident {
        $($field:ident: $field_type:ty),*
    }) => {{
        struct Fields<'a> {
            $($field: &'a $field_type,)*
        }

        $crate::serde_struct! { @write Fields<'_> { $($field: $field_type),* } }

        $serializer.serialize_newtype_variant(stringify!($name), 0, $tag, &Fields { $($field),* })
    }};
    (@read $content:ident $name:ident $variant:ident) => {
        $content.unit_variant().map(|()| $name::$variant)
    };
    (@read $content:ident $name:ident $variant:ident ($type:ty)) => {
        $content.newtype_variant::<$type>().map($name::$variant)
    };
    (@read $content:ident $name:ident $variant:ident { $($field:ident: $field_type:ty),* }) => {{
        struct Fields {
            $($field: $field_type,)*
        }

        $crate::serde_struct! { @read Fields { $($field: $field_type),* } }

        $content
            .newtype_variant()
            .map(|Fields { $($field),* }| $name::$variant { $($field),* })
    }};
}

/// Reads a field that is not there: null, where that is a value, else an error.
#[doc(hidden)]
pub fn __missing_field<'de, T: Deserialize<'de>, E: Error>(field: &'static str) -> Result<T, E> {
    struct Nothing<E>(&'static str, PhantomData<E>);

    impl<'de, E: Error> Deserializer<'de> for Nothing<E> {
        type Error = E;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
            Err(E::missing_field(self.0))
        }

        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            visitor.visit_none()
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
            ignored_any
        }
    }

    T::deserialize(Nothing(field, PhantomData))
}
