//! Address and subscription for an event channel of a meeting under control.

use meeting_types::events::{ChannelAddress, EventKind};

use super::Control;
use crate::{
    Error,
    channel::{ChannelError, Subscription},
};

/// Address and subscription for one event channel.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChannelGrant {
    /// Address to connect to, with the token for one connection.
    pub address: ChannelAddress,
    /// Subscription, with the control token.
    pub subscription: Subscription,
}

impl Control {
    /// Takes all that opening one event channel needs. It is good for a minute.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read;
    /// [`Error::Channel`] when the address of the channel cannot be used.
    pub async fn channel(
        &self,
        kinds: impl IntoIterator<Item = EventKind>,
    ) -> Result<ChannelGrant, Error> {
        // The control token is the one that was accepted just now. Meanwhile another call may have
        // discarded it.
        let (token, control) = self.issued_token().await?;
        let control = control.ok_or(ChannelError::NoAddress)?;
        let url = control.grant.web_socket_url.as_deref();
        let url = url.ok_or(ChannelError::NoAddress)?;
        let id = self.conference_id();
        // Whoever allowed plain HTTP by name has allowed this as well. An endpoint on this machine
        // needs no such permission, and gives none: the channel may be anywhere.
        let address = if self.engine.config().endpoint().allows_plain() {
            ChannelAddress::allow_plain_ws(url, id, token)
        } else {
            ChannelAddress::new(url, id, token)
        };
        Ok(ChannelGrant {
            address: address.map_err(ChannelError::Address)?,
            subscription: Subscription::new(control.credential.token, kinds),
        })
    }
}
