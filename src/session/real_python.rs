//! `--engine python`: the same statements in a real Python with PyTorch, through a small
//! driver program that it runs. Requests and events are JSON, one a line.

use super::{
    Adoption, Answer, Completion, Draw, Engine, Fed, Interrupter, Observed, OpenError, Origin, Printed, Setup,
    SharedSink, Stopped, Stream, Warnings,
};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const DRIVER: &str = include_str!("driver.py");
/// How long PyTorch may take to be imported, and a stopped statement to say so.
const START: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(5);

/// A real Python with PyTorch in a process of its own.
pub struct RealPython {
    program: String,
    child: Child,
    requests: ChildStdin,
    events: Receiver<Value>,
    sink: SharedSink,
    setup: Setup,
    observed: Observed,
    title: String,
}

impl RealPython {
    /// Starts `program` (a Python that can `import torch`) with a fresh namespace.
    pub fn open(program: &str, setup: &Setup, sink: SharedSink) -> Result<RealPython, OpenError> {
        let mut child = Command::new(program)
            .args(["-I", "-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| OpenError(format!("cannot run {program}: {error}")))?;
        let (Some(requests), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(OpenError(format!("cannot talk to {program}")));
        };
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let Ok(Ok(event)) = line.map(|line| serde_json::from_str(&line)) else {
                    break;
                };
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        let mut engine = RealPython {
            program: program.to_string(),
            child,
            requests,
            events,
            sink,
            setup: setup.clone(),
            observed: Observed::default(),
            title: String::new(),
        };
        engine.reset(setup)?;
        Ok(engine)
    }

    /// Sends a request, hands its output to the sink, and returns the closing event.
    fn ask(&mut self, request: &Value, patience: Option<Duration>) -> Result<Value, Stopped> {
        if writeln!(self.requests, "{request}")
            .and_then(|()| self.requests.flush())
            .is_err()
        {
            return Err(Stopped::Died);
        }
        loop {
            let event = match patience {
                Some(most) => self.events.recv_timeout(most),
                None => self.events.recv().map_err(RecvTimeoutError::from),
            };
            let event = match event {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => {
                    // it does not even listen to its own alarm: nothing to lose but the process
                    self.child.kill().ok();
                    return Err(Stopped::Time);
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Stopped::Died),
            };
            let stream = match event["kind"].as_str() {
                Some("out") => Stream::Out,
                Some("err") => Stream::Err,
                Some("warning") => Stream::Warning,
                _ => return Ok(event),
            };
            self.sink
                .borrow_mut()
                .write(stream, event["text"].as_str().unwrap_or_default());
        }
    }

    /// The closing event of a statement as an answer; draws and prints are noted.
    fn answer(&mut self, event: Result<Value, Stopped>) -> Fed {
        let event = match event {
            Ok(event) => event,
            Err(stopped) => {
                return Fed::Done(Answer {
                    stopped: Some(stopped),
                    ..Answer::default()
                });
            }
        };
        if event["incomplete"].as_bool() == Some(true) {
            return Fed::Incomplete;
        }
        for draw in event["draws"].as_array().into_iter().flatten() {
            self.observed.draws.push(Draw {
                shape: numbers(&draw[0]),
                seeded: draw[1].as_bool().unwrap_or(false),
            });
        }
        for printed in event["printed"].as_array().into_iter().flatten() {
            let origin = printed[1].as_array().map(|_| Origin {
                draw: printed[1][0].as_u64().unwrap_or(0) as usize,
                offset: printed[1][1].as_i64().unwrap_or(0),
                strides: numbers(&printed[1][2]),
            });
            self.observed.printed.push(Printed {
                shape: numbers(&printed[0]),
                origin,
            });
        }
        Fed::Done(Answer {
            error: event["error"].as_str().map(String::from),
            exit: event["exit"].as_i64().map(|code| code as i32),
            stopped: (event["stopped"] == "time").then_some(Stopped::Time),
        })
    }

    fn patience(&self) -> Option<Duration> {
        self.setup.limits.time.map(|time| time + GRACE)
    }
}

fn numbers(value: &Value) -> Vec<i64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

impl Engine for RealPython {
    fn reset(&mut self, setup: &Setup) -> Result<(), OpenError> {
        if matches!(self.child.try_wait(), Ok(Some(_))) && !self.title.is_empty() {
            *self = RealPython::open(&self.program.clone(), setup, self.sink.clone())?;
            return Ok(());
        }
        self.setup = setup.clone();
        self.observed = Observed::default();
        let adopted = |one: &Adoption| json!([one.draw, one.element, one.value]);
        let request = json!({
            "do": "reset",
            "seed": setup.seed,
            "argv": setup.argv,
            "time": setup.limits.time.map(|time| time.as_secs_f64()),
            "observe": setup.observe,
            "warnings": match setup.warnings {
                Warnings::Default => "default",
                Warnings::Always => "always",
                Warnings::Never => "never",
            },
            "adoptions": setup.adoptions.iter().map(adopted).collect::<Vec<_>>(),
        });
        match self.ask(&request, Some(START)) {
            Ok(event) if event["kind"] == "done" => {
                self.title = event["title"].as_str().unwrap_or("Python").to_string();
                Ok(())
            }
            Ok(event) => {
                let why = event["text"].as_str().unwrap_or("it has no PyTorch");
                Err(OpenError(format!("{} has no PyTorch: {why}", self.program)))
            }
            Err(_) => Err(OpenError(format!("{} ended before it answered", self.program))),
        }
    }

    fn feed(&mut self, source: &str, ended: bool) -> Fed {
        let event = self.ask(
            &json!({"do": "feed", "source": source, "ended": ended}),
            self.patience(),
        );
        self.answer(event)
    }

    fn run(&mut self, name: &str, source: &str) -> Answer {
        let event = self.ask(&json!({"do": "run", "name": name, "source": source}), None);
        match self.answer(event) {
            Fed::Done(answer) => answer,
            Fed::Incomplete => Answer::default(),
        }
    }

    fn observed(&mut self) -> Observed {
        std::mem::take(&mut self.observed)
    }

    fn complete(&mut self, text: &str) -> Completion {
        let Ok(event) = self.ask(&json!({"do": "complete", "text": text}), Some(GRACE)) else {
            return Completion::default();
        };
        let names = event["names"].as_array().into_iter().flatten();
        Completion {
            start: event["start"].as_u64().unwrap_or(0) as usize,
            names: names.filter_map(Value::as_str).map(String::from).collect(),
        }
    }

    fn signature(&mut self, text: &str) -> Option<String> {
        let event = self.ask(&json!({"do": "signature", "text": text}), Some(GRACE)).ok()?;
        event["text"].as_str().map(String::from)
    }

    fn interrupter(&self) -> Interrupter {
        // the terminal sends its Ctrl-C to the driver, too
        Box::new(|| {})
    }

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Drop for RealPython {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
