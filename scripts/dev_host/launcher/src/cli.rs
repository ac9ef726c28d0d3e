//! The command line of `pi-dev`.

use crate::with_services::RedisWish;
use std::ffi::{OsStr, OsString};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Start everything and stay.
    Run {
        /// Begin with empty data.
        fresh: bool,
        /// Use Azure Functions Core Tools in place of the local host.
        core_tools: bool,
    },
    /// Run a command beside throw-away servers.
    WithServices {
        /// Whether Redis is needed.
        redis: RedisWish,
        /// The command and its arguments.
        command: Vec<OsString>,
    },
    /// Print a publisher's access token.
    Token,
    /// Print each court's screen URL.
    Screens,
    /// Watch over a run (started by pi-dev itself).
    Watchdog {
        /// The run's mark.
        mark: String,
    },
    /// Print how it is used.
    Help,
}

/// How `pi-dev` is used.
pub const USAGE: &str = "\
Usage:
  pi-dev run [--fresh] [--func]                start P&I with everything it needs; Ctrl-C stops it
  pi-dev with-services [--redis] -- COMMAND…   run COMMAND beside a throw-away Postgres, Azurite and Redis
  pi-dev token                                 print a publisher's access token
  pi-dev screens                               print each court's screen URL
";

/// Reads the arguments after the program's name.
///
/// # Errors
/// A sentence about what is wrong.
pub fn parse(arguments: &[OsString]) -> Result<Command, String> {
    let Some((name, rest)) = arguments.split_first() else { return Ok(Command::Help) };
    match name.to_str().unwrap_or_default() {
        "run" => parse_run(rest),
        "with-services" => parse_with_services(rest),
        "token" => nothing_more(rest, Command::Token),
        "screens" => nothing_more(rest, Command::Screens),
        crate::watchdog::COMMAND => match rest {
            [mark] => Ok(Command::Watchdog { mark: mark.to_string_lossy().into_owned() }),
            _ => Err("the watchdog is started by pi-dev itself".into()),
        },
        "help" | "--help" | "-h" => Ok(Command::Help),
        other => Err(format!("there is no command {other:?}")),
    }
}

fn parse_run(rest: &[OsString]) -> Result<Command, String> {
    let (mut fresh, mut core_tools) = (false, false);
    for option in rest {
        match option.to_str() {
            Some("--fresh") => fresh = true,
            Some("--func") => core_tools = true,
            _ => return Err(unknown(option)),
        }
    }
    Ok(Command::Run { fresh, core_tools })
}

fn parse_with_services(rest: &[OsString]) -> Result<Command, String> {
    let end = rest.iter().position(|word| word == "--").ok_or("write -- before the command")?;
    let mut redis = RedisWish::IfPresent;
    for option in &rest[..end] {
        if option == "--redis" {
            redis = RedisWish::Needed;
        } else {
            return Err(unknown(option));
        }
    }
    let command = rest[end + 1..].to_vec();
    if command.is_empty() {
        Err("there is no command after --".into())
    } else {
        Ok(Command::WithServices { redis, command })
    }
}

fn nothing_more(rest: &[OsString], command: Command) -> Result<Command, String> {
    rest.first().map_or(Ok(command), |option| Err(unknown(option)))
}

fn unknown(option: &OsStr) -> String {
    format!("unknown option {option:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_commands_and_their_options() {
        assert_eq!(read("run"), Ok(Command::Run { fresh: false, core_tools: false }));
        assert_eq!(read("run --func --fresh"), Ok(Command::Run { fresh: true, core_tools: true }));
        assert_eq!(read("token"), Ok(Command::Token));
        assert_eq!(read(""), Ok(Command::Help));
        let command = ["cargo", "test", "--", "--nocapture"].map(OsString::from).to_vec();
        let expected = Command::WithServices { redis: RedisWish::Needed, command };
        assert_eq!(read("with-services --redis -- cargo test -- --nocapture"), Ok(expected));
    }

    #[test]
    fn mistakes_are_told() {
        for line in ["walk", "run --slow", "with-services cargo", "with-services --", "token now"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
