//! Credentials that every simulator knows.

/// The App ID that every simulator knows.
pub const DEFAULT_APP_ID: &str = "sim-app-id";
/// The App Key of [`DEFAULT_APP_ID`].
pub const DEFAULT_APP_KEY: &str = "sim-app-key";
/// The App ID of a service provider that every simulator knows.
pub const DEFAULT_PROVIDER_APP_ID: &str = "sim-provider-app-id";
/// The App Key of [`DEFAULT_PROVIDER_APP_ID`].
pub const DEFAULT_PROVIDER_APP_KEY: &str = "sim-provider-app-key";
/// The account that every simulator knows.
pub const DEFAULT_ACCOUNT: &str = "demo@meeting.example";
/// The password of [`DEFAULT_ACCOUNT`].
pub const DEFAULT_PASSWORD: &str = "sim-password";
