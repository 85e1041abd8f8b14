//! Which certificates the command line trusts.

use std::{fmt, net::IpAddr, path::PathBuf};

use clap::Args;
use meeting_blocking::{Addresses, TrustStore};

use crate::failure::Failure;

#[derive(Debug, Default, Args)]
pub(crate) struct Trust {
    /// Trust the authorities in this file, and no others.
    #[arg(long, value_name = "PEM")]
    ca_file: Option<PathBuf>,
    /// Where the host is a bare address, verify its certificate as one for this name; at all
    /// addresses, or at one. May be repeated.
    #[arg(long, value_name = "[ADDRESS=]NAME")]
    verify_as: Vec<String>,
    /// Where the host is a bare address, expect the certificate with this SHA-256 fingerprint, or
    /// that of its public key (`sha256//…`); at all addresses, or at one. May be repeated.
    #[arg(long, value_name = "[ADDRESS=]FINGERPRINT")]
    pin: Vec<String>,
}

impl Trust {
    pub(crate) fn store(&self) -> Result<TrustStore, Failure> {
        let mut store = match &self.ca_file {
            None => TrustStore::bundled(),
            Some(path) => {
                let option = format!("--ca-file {}", path.display());
                let pem = std::fs::read(path).map_err(|error| wrong(&option, error))?;
                TrustStore::from_pem(&pem).map_err(|error| wrong(&option, error))?
            }
        };
        for given in &self.verify_as {
            let (addresses, name) = addresses_of(given);
            store = store
                .verify_as(addresses, name)
                .map_err(|error| wrong("--verify-as", error))?;
        }
        for given in &self.pin {
            let (addresses, pin) = addresses_of(given);
            let pin = pin.parse().map_err(|error| wrong("--pin", error))?;
            store = store.pin(addresses, pin);
        }
        Ok(store)
    }
}

fn wrong(option: &str, error: impl fmt::Display) -> Failure {
    Failure::usage(format!("{option}: {error}"))
}

/// What stands before `=`, and the rest. Base64 may end with `=`, so only an address counts.
fn addresses_of(given: &str) -> (Addresses, &str) {
    let one = given.split_once('=').and_then(|(address, rest)| {
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        Some((address.into(), rest))
    });
    one.unwrap_or((Addresses::All, given))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn an_address_may_stand_before_what_is_expected_there() {
        let four = Ipv4Addr::new(192, 0, 2, 1).into();
        let six = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into();
        for (given, addresses, rest) in [
            ("meeting.example.com", Addresses::All, "meeting.example.com"),
            ("192.0.2.1=meeting.example.com", four, "meeting.example.com"),
            ("[2001:db8::1]=sha256//AA=", six, "sha256//AA="),
            ("2001:db8::1=AA:BB", six, "AA:BB"),
            ("sha256//AA=", Addresses::All, "sha256//AA="),
            ("AA:BB", Addresses::All, "AA:BB"),
        ] {
            assert_eq!(addresses_of(given), (addresses, rest));
        }
    }

    #[test]
    fn what_cannot_be_expected_is_bad_input() {
        for (verify_as, pin) in [
            ("not a name", None),
            ("192.0.2.1", None),
            ("192.0.2.1=192.0.2.2", None),
            ("example.com", Some("AA:BB")),
            ("example.com", Some("example.com=AA:BB")),
        ] {
            let trust = Trust {
                verify_as: vec![verify_as.to_owned()],
                pin: pin.into_iter().map(str::to_owned).collect(),
                ..Trust::default()
            };
            let failure = trust.store().unwrap_err().to_string();
            let option = if pin.is_some() {
                "--pin: "
            } else {
                "--verify-as: "
            };
            assert!(failure.starts_with(option), "{failure}");
        }
    }
}
