//! What generated code is written with: the table of a model, its setters, an open enum.

/// Connects the fields of a struct with their wire facts. The generator numbers them; in a table that is
/// written by hand they number themselves.
macro_rules! table {
    ($model:ident { $($field:ident = $spec:expr;)+ }) => {
        $crate::schema::numbered! { table $model { $($field = $spec;)* } }
    };
    // As tokens, which are parsed once, in `slots`.
    ($model:ident $($table:tt)*) => {
        $crate::schema::slots! { $model $($table)* }

        /// Reads the JSON that the service speaks, as leniently as responses are read.
        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::schema::deserialize_model(deserializer)
            }
        }
    };
}

/// Connects the fields of an operation with their wire facts, numbered or not, as [`table`] does.
macro_rules! operation_table {
    ($model:ident { $($field:ident = $spec:expr;)+ }) => {
        $crate::schema::numbered! { operation_table $model { $($field = $spec;)* } }
    };
    // As tokens, which are parsed once, in `slots`.
    ($model:ident $($table:tt)*) => {
        $crate::schema::slots! { $model $($table)* }

        /// Reads what `Serialize` writes. What is unknown or does not fit is an error.
        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::schema::deserialize_operation(deserializer)
            }
        }
    };
}

/// Numbers the fields of a table from 0, in literals: those are what `match` compiles to a jump.
macro_rules! numbered {
    ($table:ident $model:ident { $($fields:tt)* }) => {
        $crate::schema::numbered! {
            $table $model { $($fields)* } [
                0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
                32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
                61 62 63
            ]
        }
    };
    (
        $table:ident $model:ident { $field:ident = $spec:expr; $($fields:tt)* }
        [$index:literal $($indexes:literal)*] $($numbered:tt)*
    ) => {
        $crate::schema::numbered! {
            $table $model { $($fields)* } [$($indexes)*] $($numbered)* $index $field = $spec;
        }
    };
    ($table:ident $model:ident {} [$($indexes:literal)*] $($numbered:tt)*) => {
        $crate::schema::$table! { $model { $($numbered)* } }
    };
}

/// Access to the fields of a model or an operation by their index.
macro_rules! slots {
    (@empty $model:ident { $($field:ident)* }) => {
        Self { $($field: $crate::schema::Empty::empty(),)* }
    };
    // Nothing is set in either.
    (@empty $model:ident: Default { $($field:ident)* }) => {
        Self::default()
    };
    (
        $model:ident $(: $default:ident)? { $($index:literal $field:ident = $spec:expr;)* }
        $(rules $rules:expr)?
    ) => {
        const _: () = {
            static SHAPE: $crate::schema::Shape = $crate::schema::Shape::new(
                stringify!($model),
                &$crate::schema::named([$(stringify!($field)),*], [$($spec),*]),
            )$(.rules($rules))?;

            impl $crate::schema::Model for $model {
                fn shape(&self) -> &'static $crate::schema::Shape {
                    &SHAPE
                }

                fn slot(&self, index: usize) -> Option<&dyn $crate::schema::Value> {
                    match index {
                        $($index => Some(&self.$field),)*
                        _ => None,
                    }
                }

                fn slot_mut(&mut self, index: usize) -> Option<&mut dyn $crate::schema::Value> {
                    match index {
                        $($index => Some(&mut self.$field),)*
                        _ => None,
                    }
                }
            }

            impl $crate::schema::Empty for $model {
                const KIND: $crate::schema::Kind = $crate::schema::Kind::Object(&SHAPE);

                fn empty() -> Self {
                    $crate::schema::slots! { @empty $model $(: $default)? { $($field)* } }
                }
            }
        };

        /// Writes the JSON that the service speaks, secrets included; nothing of a value is lost.
        impl ::serde::Serialize for $model {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::schema::serialize_model(self, serializer)
            }
        }

        impl ::std::fmt::Debug for $model {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::schema::debug_model(self, f)
            }
        }

        /// Leaves secrets out of the hash.
        impl ::std::hash::Hash for $model {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                $crate::schema::hash_model(self, state);
            }
        }
    };
}

/// One chained setter for each optional field.
macro_rules! setters {
    ($model:ident { $($kind:ident $field:ident: $type:ty;)* }) => {
        impl $model {
            $($crate::schema::setters! { @$kind $model $field $type })*
        }
    };
    (@into $model:ident $field:ident $type:ty) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@", stringify!($model), "::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: impl Into<$type>) -> Self {
            self.$field = Some($field.into());
            self
        }
    };
    (@plain $model:ident $field:ident $type:ty) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@", stringify!($model), "::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: $type) -> Self {
            self.$field = Some($field);
            self
        }
    };
    (@list $model:ident $field:ident $type:ty) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@", stringify!($model), "::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.$field = Some($field.into_iter().map(Into::into).collect());
            self
        }
    };
    (@items $model:ident $field:ident $type:ty) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@", stringify!($model), "::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.$field = $field.into_iter().map(Into::into).collect();
            self
        }
    };
}

/// An enum that keeps values it does not know.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: str {
            $($(#[$variant_meta:meta])* $variant:ident = $wire:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that this version does not know. Read it with `as_str`.
            Unknown($crate::open::UnknownText),
        }

        impl $name {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(text) => text.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(wire: &str) -> Self {
                match wire {
                    $($wire => Self::$variant,)*
                    _ => Self::Unknown($crate::open::UnknownText::new(wire)),
                }
            }
        }

        impl From<String> for $name {
            fn from(wire: String) -> Self {
                Self::from(wire.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        $crate::text_serde::text! { $name }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let known = <Self as $crate::schema::Empty>::KIND;
                $crate::open::debug(&known, &self.as_str(), self.as_str(), f)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::schema::Value for $name {
            fn read(
                &mut self,
                input: $crate::schema::WireInput<'_>,
                _: $crate::schema::Format,
            ) -> bool {
                let Some(text) = input.into_word() else {
                    return false;
                };
                *self = Self::from(&*text);
                true
            }

            fn write(&self, _: $crate::schema::Format) -> $crate::schema::WireValue<'_> {
                $crate::schema::WireValue::Text(self.as_str().into())
            }
        }

        impl $crate::schema::Empty for $name {
            const KIND: $crate::schema::Kind =
                $crate::schema::Kind::Enum(&$crate::schema::EnumShape {
                    name: stringify!($name),
                    is_text: true,
                    known: &[$(($wire, stringify!($variant))),*],
                });

            fn empty() -> Self {
                Self::Unknown($crate::open::UnknownText::new(""))
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident: i32 {
            $($(#[$variant_meta:meta])* $variant:ident = $wire:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that this version does not know. Read it with `code`.
            Unknown($crate::open::UnknownCode),
        }

        impl $name {
            /// The value on the wire.
            #[must_use]
            pub fn code(self) -> i32 {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(code) => code.get(),
                }
            }
        }

        impl From<i32> for $name {
            fn from(wire: i32) -> Self {
                match wire {
                    $($wire => Self::$variant,)*
                    _ => Self::Unknown($crate::open::UnknownCode::new(wire)),
                }
            }
        }

        $crate::text_serde::number! { $name }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let known = <Self as $crate::schema::Empty>::KIND;
                let code = self.code();
                $crate::open::debug(&known, &code, &code.to_string(), f)
            }
        }

        impl $crate::schema::Value for $name {
            fn read(
                &mut self,
                input: $crate::schema::WireInput<'_>,
                _: $crate::schema::Format,
            ) -> bool {
                let Some(number) = input.into_code() else {
                    return false;
                };
                *self = Self::from(number);
                true
            }

            fn write(&self, _: $crate::schema::Format) -> $crate::schema::WireValue<'_> {
                $crate::schema::WireValue::Int(self.code().into())
            }
        }

        impl $crate::schema::Empty for $name {
            const KIND: $crate::schema::Kind =
                $crate::schema::Kind::Enum(&$crate::schema::EnumShape {
                    name: stringify!($name),
                    is_text: false,
                    known: &[$((stringify!($wire), stringify!($variant))),*],
                });

            fn empty() -> Self {
                Self::Unknown($crate::open::UnknownCode::new(i32::MIN))
            }
        }
    };
}

pub(crate) use {numbered, open_enum, operation_table, setters, slots, table};
