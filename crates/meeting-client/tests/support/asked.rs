/// What was asked for: the operation, and the credential that went along.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    pub(crate) token: Option<String>,
    pub(crate) password: Option<String>,
}

/// What a request asks for.
pub(crate) fn asked(request: &Request<Bytes>) -> Asked {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Asked {
        operation: operation_of(request),
        token: header("x-access-token").or_else(|| header("x-conference-authorization")),
        password: header("x-password"),
    }
}

/// `operation` with the token of this name.
pub(crate) fn with(operation: &'static str, token: &str) -> Asked {
    Asked {
        operation,
        token: Some(format!("hush-{token}")),
        password: None,
    }
}

/// The name of the operation that a request is.
pub(crate) fn operation_of(request: &Request<Bytes>) -> &'static str {
    let known = [
        CancelMeeting::INFO,
        CreateAppIdToken::INFO,
        CreateConfToken::INFO,
        CreateMeeting::INFO,
        CreateWebSocketToken::INFO,
        DeleteToken::INFO,
        MuteMeeting::INFO,
        SearchMeetings::INFO,
        UpdateToken::INFO,
    ];
    let is_it = |info: &&meeting_types::OperationInfo| {
        info.path == request.uri().path() && info.method == request.method()
    };
    known.into_iter().find(is_it).unwrap().name
}
