//! `meeting call`.

use std::io::{self, IsTerminal};

use meeting_types::{OperationError, ResponseFault};
use serde::de::IgnoredAny;

use crate::{
    arguments::Call, credentials::Settings, failure::Failure, input, json, registry,
    session::Session, show,
};

pub(crate) fn call(arguments: &Call) -> Result<String, Failure> {
    let entry = registry::find(&arguments.name)?;
    let info = entry.info;
    if arguments.all && entry.fetch_all.is_none() {
        return Err(Failure::usage(format!(
            "--all: {} does not list in parts",
            info.name
        )));
    }
    let mut operation = (entry.make)();
    let filled = input::fill(operation.model_mut(), info, arguments)?;

    let settings = Settings::load(arguments.credentials.as_deref())?;
    let dry = arguments.dry_run || arguments.curl;
    let session = Session::new(
        arguments.endpoint.as_deref(),
        arguments.trust.store()?,
        arguments.conference.clone().or(filled.conference.clone()),
        settings,
        dry,
    )?;
    // Bad input is told before anybody is asked for a password.
    meeting_types::validate(operation.model(), info)
        .map_err(|error| Failure::usage(error.to_string()))?;

    if dry {
        operation.send(&session)?;
        let request = session
            .kept()
            .ok_or_else(|| Failure::usage("nothing would be sent"))?;
        let shown = show::Shown::new(&request, operation.model(), info, &filled);
        return Ok(if arguments.curl {
            shown.curl(arguments.show_secrets)
        } else {
            shown.plain(arguments.show_secrets)
        });
    }
    let pretty = io::stdout().is_terminal();
    if let Some(fetch_all) = entry.fetch_all.filter(|_| arguments.all) {
        let items = fetch_all(operation.into_any(), &session)?;
        let items: Vec<_> = items.iter().map(|item| item.get()).collect();
        return Ok(json::spaced(&format!("[{}]", items.join(",")), pretty) + "\n");
    }
    let response = operation.send(&session)?;
    if arguments.verbose {
        let id = ["x-request-id", "requestid"]
            .iter()
            .find_map(|name| response.headers().get(*name)?.to_str().ok());
        let id = id.map_or(String::new(), |id| format!(", request id {id}"));
        eprintln!("meeting: {} answered {}{id}", info.name, response.status());
    }
    match operation.check(&response) {
        Ok(()) => {}
        // What came may be of use all the same.
        Err(OperationError::Response(error))
            if matches!(error.fault(), ResponseFault::Missing(_)) =>
        {
            eprintln!("meeting: {error}");
        }
        Err(error) => return Err(error.into()),
    }
    let body = String::from_utf8_lossy(response.body());
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        return Ok(String::new());
    }
    if serde_json::from_str::<IgnoredAny>(body).is_err() {
        // Where nothing is expected, anything is a good reply. As JSON it can be printed too.
        let text = serde_json::Value::from(body).to_string();
        return Ok(text + "\n");
    }
    Ok(json::spaced(body, pretty) + "\n")
}
