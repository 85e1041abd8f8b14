//! `meeting`: any operation of Huawei Cloud Meeting from the command line.

mod arguments;
mod call;
mod credentials;
mod failure;
mod input;
mod json;
mod list;
mod nearest;
mod paging;
mod pieces;
mod registry;
mod secrets;
mod session;
mod show;
#[cfg(test)]
mod tests;
mod trust;
mod watch;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{CommandFactory, Parser, builder::PossibleValuesParser};

use crate::{
    arguments::{Arguments, Command},
    failure::Failure,
};

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Operations(arguments) => list::operations(&arguments),
        Command::Describe(arguments) => list::describe(&arguments),
        Command::Call(arguments) => call::call(&arguments),
        Command::Watch(arguments) => watch::watch(&arguments).map(|()| String::new()),
        Command::Completions { shell } => completions(shell),
    };
    match done.and_then(|text| print(text.as_bytes())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("meeting: {failure}");
            failure.exit_code()
        }
    }
}

/// Prints to standard output. A reader that has seen enough is no failure.
fn print(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("cannot print: {error}")))
        }
        _ => Ok(()),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<String, Failure> {
    // Only here: as possible values, the names would fill every message about a wrong one.
    let names: Vec<_> = registry::all()
        .iter()
        .map(|entry| entry.info.name)
        .collect();
    let mut command = Arguments::command();
    for subcommand in ["call", "describe"] {
        let names = PossibleValuesParser::new(&names);
        command = command.mut_subcommand(subcommand, |subcommand| {
            subcommand.mut_arg("name", |name| name.value_parser(names))
        });
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "meeting", &mut script);
    let mut script =
        String::from_utf8(script).map_err(|_| Failure::usage("the completions are not UTF-8"))?;
    if shell == clap_complete::Shell::Fish {
        // For fish, clap leaves the values of positional arguments out.
        script += &format!(
            "complete -c meeting -n \"__fish_seen_subcommand_from call describe\" -a \"{}\"\n",
            names.join(" ")
        );
    }
    Ok(script)
}
