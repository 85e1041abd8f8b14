//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::trust::Trust;

/// Huawei Cloud Meeting from the command line: lists, describes and calls any operation.
///
/// Begin with `meeting operations`, then `meeting describe NAME`, then
/// `meeting call NAME --endpoint sim --dry-run`.
#[derive(Debug, Parser)]
#[command(name = "meeting", version, max_term_width = 100, after_long_help = EXITS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXITS: &str = "\
Exit codes:
  0  it worked
  1  the service refused
  2  wrong usage or bad input; nothing was sent
  3  no usable reply: no connection, TLS, time ran out, not JSON";

const CREDENTIALS: &str = "\
Parameters:
  conferenceID=900825541     path, query, header or body field, by its name on the wire
  mediaTypes=Voice mediaTypes=Video     repeat a key to make a list
  confConfigInfo='{\"isAutoMute\":1}'     an object or a list of objects, as JSON
  body:id=7 path:id=8        say the place when a name stands in two of them

Secret parameters (passwords, tokens) are not taken in the clear, where other users and the shell
history can see them:
  password=@env:NAME         from an environment variable
  password=@file:PATH        from a file, without its last line break
  password=-                 asked for, or one line of standard input

The reply is printed as it came, with the passwords, tokens and links that are in it.

Files to upload: file=@file:PATH. A plain value that begins with `@env:` or `@file:`, or is `-`, can
only be given by --body.

Environment:
  MEETING_ENDPOINT                        what --endpoint says
  MEETING_APP_ID, MEETING_APP_KEY         an application, with
  MEETING_USER_ID, MEETING_CORP_ID        the user and enterprise to log in as
  MEETING_ACCOUNT, MEETING_PASSWORD       or an account
  MEETING_ACCESS_TOKEN                    or a token of an earlier login
  MEETING_CONFERENCE                      what --conference says
  MEETING_CONFERENCE_PASSWORD             a password of that meeting, for its control
  MEETING_CONFERENCE_TOKEN                or a control token of it
  HTTPS_PROXY, NO_PROXY                   a proxy (http://name:password@host:port), and hosts that are
                                          reached without it; also ALL_PROXY, and HTTP_PROXY for
                                          plain http. In lower case they go first.

The file of --credentials holds the same in lines such as `app_key = \"…\"` or `MEETING_APP_KEY=…`.
What it says goes before the environment. On a terminal, what is missing is asked for.";

const WATCHING: &str = "\
A terminal shows the meeting and is drawn anew with every event; anything else gets a line for each
change. With --endpoint sim and no ID, it shows a meeting of some ten seconds on a simulator inside
this program.

Environment:
  MEETING_ENDPOINT                what --endpoint says
  MEETING_CONFERENCE              the ID
  MEETING_CONFERENCE_PASSWORD     a password of the meeting, for its control
  HTTPS_PROXY, NO_PROXY           a proxy, as for `meeting call`
  NO_COLOR                        no bold and no colour

The file of --credentials holds the same, except NO_COLOR. What it says goes before the environment.
On a terminal, a password that is missing is asked for. A control token alone is not enough: the
service says where the events are only in return for a password.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the operations.
    Operations(Operations),
    /// Shows the parameters of an operation.
    Describe(Describe),
    /// Calls an operation and prints the reply as JSON.
    #[command(after_long_help = CREDENTIALS)]
    Call(Box<Call>),
    /// Shows a running meeting as it changes, until it ends.
    #[command(after_long_help = WATCHING)]
    Watch(Watch),
    /// Prints the completions for a shell; for bash, zsh and fish with the operation names.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Operations {
    /// Only those that have this word in their name, path, group or summary.
    pub(crate) word: Option<String>,
    /// Print an array of objects.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// The name of the operation, such as `SearchMeetings`.
    #[arg(index = 1)]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The name of the operation, such as `SearchMeetings`.
    #[arg(index = 1)]
    pub(crate) name: String,
    /// Parameters, by their names on the wire. `meeting describe NAME` lists them.
    #[arg(value_name = "KEY=VALUE", index = 2)]
    pub(crate) parameters: Vec<String>,
    /// The JSON body: a file, `-` for standard input, or the JSON itself. Parameters go over it.
    #[arg(long, value_name = "FILE|-|JSON", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// Where to send: `china`, `international`, a URL, or `sim` for a simulator inside this program
    /// with a meeting that runs.
    #[arg(long, value_name = "PLACE")]
    pub(crate) endpoint: Option<String>,
    /// The meeting to control, for operations that carry a control token.
    #[arg(long, value_name = "ID")]
    pub(crate) conference: Option<String>,
    /// A file with credentials, which nobody else may read.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Fetch all parts of a list and print one array.
    #[arg(long)]
    pub(crate) all: bool,
    /// Print the request instead of sending it. Nothing is sent, no login either.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print a curl command instead of sending the request. Secrets are variables of the shell.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) curl: bool,
    /// Print secrets in --dry-run and --curl as they are.
    #[arg(long)]
    pub(crate) show_secrets: bool,
    /// Say status and request id on standard error.
    #[arg(long, short, visible_alias = "headers")]
    pub(crate) verbose: bool,
    /// Take secret parameters in the clear. Other users and the shell history can see them.
    #[arg(long)]
    pub(crate) allow_secrets_in_arguments: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The id of the meeting.
    #[arg(index = 1)]
    pub(crate) id: Option<String>,
    /// Where the meeting is: `china`, `international`, a URL, or `sim` for a simulator inside this
    /// program, which is also taken when neither a meeting nor an endpoint is named.
    #[arg(long, value_name = "PLACE")]
    pub(crate) endpoint: Option<String>,
    /// A file with credentials, which nobody else may read.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Print each event as a JSON object in a line. Passwords and links are masked.
    #[arg(long)]
    pub(crate) json: bool,
}
