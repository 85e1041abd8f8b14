//! Macro that defines an operation for an endpoint that this crate does not know.

use crate::schema::{Field, Place};

/// Defines an operation for an endpoint that this crate does not know.
///
/// The clients send it as they send those of this crate: with their login, retries, deadline, pins
/// and proxies. Its parameters are checked before anything is sent, and masked in `Debug` where their
/// type is a secret.
///
/// ```
/// use meeting_types::{AccessToken, Endpoint, Json, Operation, UserUuid, operation};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Serialize)]
/// pub struct Note {
///     text: String,
/// }
///
/// #[derive(Debug, Deserialize)]
/// pub struct Kept {
///     id: u64,
/// }
///
/// operation! {
///     /// Keeps a note about a user.
///     POST "/v1/usg/dcs/users/{user_id}/notes" as pub KeepNote {
///         /// The user.
///         path user_id: UserUuid,
///         /// How long to keep it, in days.
///         query days: Option<u32> = "keepDays".range(1, 365),
///         /// The note.
///         whole note: Json<Note>,
///     } -> Json<Kept>,
///     auth: AccessToken,
///     retry: Once,
/// }
///
/// let note = Json(Note { text: "Prefers mornings".to_owned() });
/// let keep = KeepNote { user_id: "u-1".into(), days: Some(30), note };
/// let request = keep.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"))?;
/// assert_eq!(request.uri().path(), "/v1/usg/dcs/users/u-1/notes");
/// assert_eq!(request.uri().query(), Some("keepDays=30"));
///
/// let response = http::Response::new(r#"{"id": 7}"#.into());
/// assert_eq!(KeepNote::read_response(response)?.value().0.id, 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Parts
///
/// - Attributes and documentation of the struct that is defined. It has a field for each parameter,
///   all public.
/// - `METHOD "path" as Name`, with a visibility before the name. Each `{placeholder}` of the path
///   has its `path` parameter; anything else does not compile.
/// - The parameters: `path`, `query`, `header`, `body` for a key of the JSON body, or `whole` for all of
///   it; then the name and the type. An `Option` may be absent, everything else is required. The name
///   on the wire follows after `=` where it is another one, and then the limits: `.chars(min, max)`,
///   `.range(min, max)`, `.items(min, max)`, `.each(min, max)`, `.multiline()`, or a spelling such as
///   `.format(EpochMillis)` or `.format(Bit)`.
/// - Types of parameters: `String`, `bool`, integers, `f64`, the ids, secrets, times and models of this
///   crate, lists of them, and [`Json`](crate::Json) of any serde type for `body` and `whole`.
/// - After `->` the output: `()`, a model of this crate, a `Vec` of them, or `Json` of any serde
///   type.
/// - `auth`: `None`, `AccessToken` or `ConferenceToken`.
/// - `retry`: what a second call does, as a [`RetryClass`](crate::RetryClass).
///
/// # Keep it, or pass it on
///
/// Like the operations of this crate, it implements serde's `Serialize`, and `Deserialize` if all its
/// parameters can be read: [`Json`](crate::Json) of a type that has none of its own cannot. So it does
/// `ServerOperation`, of the feature `server`, for which the output must be one that can be written.
/// The form is the same: the parameters by their wire names, and a body as a whole as `body`. What is
/// unknown or does not fit is an error.
///
/// ```
/// use meeting_types::{Json, Operation, UserUuid, operation};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// pub struct Note {
///     text: String,
/// }
///
/// operation! {
///     /// Keeps a note about a user.
///     #[derive(PartialEq)]
///     PUT "/v1/usg/dcs/users/{user_id}/note" as pub KeepNote {
///         /// The user.
///         path user_id: UserUuid,
///         /// The note.
///         whole note: Json<Note>,
///     } -> (),
///     auth: AccessToken,
///     retry: Idempotent,
/// }
///
/// let note = Json(Note { text: "Prefers mornings".to_owned() });
/// let keep = KeepNote { user_id: "u-1".into(), note };
/// let text = serde_json::to_string(&keep)?;
/// assert_eq!(text, r#"{"user_id":"u-1","body":{"text":"Prefers mornings"}}"#);
/// assert_eq!(serde_json::from_str::<KeepNote>(&text)?, keep);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! operation {
    (
        $(#[$meta:meta])*
        $method:ident $path:literal as $vis:vis $name:ident {
            $(
                $(#[$field_meta:meta])*
                $place:ident $field:ident: $type:ty
                    $(= $wire:literal $(.$call:ident($($argument:tt)*))*)?
            ),* $(,)?
        } -> $output:ty,
        auth: $auth:ident,
        retry: $retry:ident $(,)?
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        const _: () = {
            #[allow(unused_imports, reason = "not all parameters have a type of the trait")]
            use $crate::schema::Empty as _;

            #[allow(non_camel_case_types, clippy::enum_variant_names, reason = "named like fields")]
            enum Index {
                $($field,)*
            }

            const FIELDS: &[$crate::schema::Field] = &[$(
                $crate::operation!(
                    @spec
                    $crate::operation!(@place $place, $type, $crate::operation!(@wire $field $($wire)?))
                        .required_unless(<$type>::OPTIONAL)
                        .named(stringify!($field)),
                    $($(.$call($($argument)*))*)?
                )
            ),*];
            static SHAPE: $crate::schema::Shape =
                $crate::schema::Shape::new(stringify!($name), FIELDS);
            const _: () = $crate::schema::assert_path($path, FIELDS);

            #[allow(unused_variables, reason = "an operation may have no parameters")]
            impl $crate::schema::Model for $name {
                fn shape(&self) -> &'static $crate::schema::Shape {
                    &SHAPE
                }

                fn slot(&self, index: usize) -> Option<&dyn $crate::schema::Value> {
                    match index {
                        $(index if index == Index::$field as usize => Some(&self.$field),)*
                        _ => None,
                    }
                }

                fn slot_mut(&mut self, index: usize) -> Option<&mut dyn $crate::schema::Value> {
                    match index {
                        $(index if index == Index::$field as usize => Some(&mut self.$field),)*
                        _ => None,
                    }
                }
            }

            // Only if all parameters can be read.
            #[allow(unused_mut, reason = "an operation may have no parameters")]
            impl<'de> $crate::schema::Readable for $name
            where
                $($type: $crate::schema::Parameter<'de>,)*
            {
                fn from_filled<E>(
                    fill: impl FnOnce(&mut dyn $crate::schema::Model) -> Result<(), E>,
                ) -> Result<Option<Self>, E> {
                    $(let mut $field =
                        <<$type as $crate::schema::Parameter<'de>>::Slot as $crate::schema::Empty>::empty();)*
                    fill(&mut $crate::schema::Slots {
                        shape: &SHAPE,
                        slots: &mut [$(&mut $field),*],
                    })?;
                    $(let Some($field) =
                        <$type as $crate::schema::Parameter<'de>>::from_slot($field)
                    else {
                        return Ok(None);
                    };)*
                    Ok(Some(Self { $($field),* }))
                }
            }

            impl<'de> $crate::schema::serde::Deserialize<'de> for $name
            where
                $($type: $crate::schema::Parameter<'de>,)*
            {
                fn deserialize<D: $crate::schema::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    $crate::schema::deserialize_readable(deserializer)
                }
            }

            impl $crate::schema::serde::Serialize for $name {
                fn serialize<S: $crate::schema::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> Result<S::Ok, S::Error> {
                    $crate::schema::serialize_model(self, serializer)
                }
            }

            impl ::std::fmt::Debug for $name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    $crate::schema::debug_model(self, f)
                }
            }

            impl $crate::Operation for $name {
                type Authorization = $crate::operation!(@authorization $auth);
                type Output = $output;
                const INFO: &'static $crate::OperationInfo = &$crate::OperationInfo::new(
                    stringify!($name),
                    $crate::http::Method::$method,
                    $path,
                    $crate::AuthKind::$auth,
                    $crate::RetryClass::$retry,
                );
            }
        };
    };

    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };

    (@place path, $type:ty, $wire:expr) => { $crate::schema::Field::path($wire, <$type>::KIND) };
    (@place query, $type:ty, $wire:expr) => { $crate::schema::Field::query($wire, <$type>::KIND) };
    (@place header, $type:ty, $wire:expr) => { $crate::schema::Field::header($wire, <$type>::KIND) };
    (@place body, $type:ty, $wire:expr) => { $crate::schema::Field::body($wire, <$type>::KIND) };
    (@place whole, $type:ty, $wire:expr) => { $crate::schema::Field::whole_body(<$type>::KIND) };
    (@place $other:ident, $type:ty, $wire:expr) => {
        compile_error!("a parameter is `path`, `query`, `header`, `body` or `whole`")
    };

    (@spec $field:expr,) => { $field };
    (@spec $field:expr, .format($format:ident) $($rest:tt)*) => {
        $crate::operation!(@spec $field.format($crate::schema::Format::$format), $($rest)*)
    };
    (@spec $field:expr, .$call:ident($($argument:tt)*) $($rest:tt)*) => {
        $crate::operation!(@spec $field.$call($($argument)*), $($rest)*)
    };

    (@authorization None) => { () };
    (@authorization AccessToken) => { $crate::AccessToken };
    (@authorization ConferenceToken) => { $crate::ConferenceCredential };
}

/// Fails to compile when the placeholders of a path and the path parameters are not the same.
///
/// # Panics
///
/// When they are not the same; it is evaluated at compile time.
pub const fn assert_path(path: &str, fields: &[Field]) {
    let bytes = path.as_bytes();
    assert!(
        !bytes.is_empty() && bytes[0] == b'/',
        "the path of an operation begins with a slash"
    );
    let mut placeholders = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            let start = at + 1;
            while at < bytes.len() && bytes[at] != b'}' {
                at += 1;
            }
            assert!(at < bytes.len(), "a placeholder of the path is not closed");
            assert!(
                has_path_field(bytes, start, at, fields),
                "a placeholder of the path has no `path` parameter of its name"
            );
            placeholders += 1;
        }
        at += 1;
    }
    let mut index = 0;
    while index < fields.len() {
        if matches!(fields[index].place, Place::Path) {
            assert!(
                placeholders > 0,
                "a `path` parameter stands in no placeholder"
            );
            placeholders -= 1;
        }
        index += 1;
    }
    assert!(placeholders == 0, "a placeholder of the path stands twice");
}

/// Whether a path parameter has the name in `path[start..end]`.
const fn has_path_field(path: &[u8], start: usize, end: usize, fields: &[Field]) -> bool {
    let mut index = 0;
    while index < fields.len() {
        let wire = fields[index].wire.as_bytes();
        if matches!(fields[index].place, Place::Path) && wire.len() == end - start {
            let mut same = true;
            let mut at = 0;
            while at < wire.len() {
                same = same && wire[at] == path[start + at];
                at += 1;
            }
            if same {
                return true;
            }
        }
        index += 1;
    }
    false
}
