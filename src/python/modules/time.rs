//! `time`: clocks and pauses.

use crate::python::native::{NativeDef, Parser};
use crate::python::object::Module;
use crate::python::types::float::must_be_real;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use chrono::{Local, TimeZone};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "time",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::float(since_epoch().as_secs_f64())),
        "Return the current time in seconds since the Epoch.",
    ),
    NativeDef::new(
        "time_ns",
        "()",
        Parser::NoArgs,
        |_, _| Ok(nanoseconds(since_epoch())),
        "Return the current time in nanoseconds since the Epoch.",
    ),
    NativeDef::new(
        "perf_counter",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::float(since_start().as_secs_f64())),
        "Performance counter for benchmarking.",
    ),
    NativeDef::new(
        "perf_counter_ns",
        "()",
        Parser::NoArgs,
        |_, _| Ok(nanoseconds(since_start())),
        "Performance counter for benchmarking, in nanoseconds.",
    ),
    NativeDef::new(
        "monotonic",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::float(since_start().as_secs_f64())),
        "Monotonic clock, cannot go backward.",
    ),
    NativeDef::new(
        "monotonic_ns",
        "()",
        Parser::NoArgs,
        |_, _| Ok(nanoseconds(since_start())),
        "Monotonic clock, in nanoseconds.",
    ),
    NativeDef::new(
        "process_time",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::float(since_start().as_secs_f64())),
        "Process time for profiling.",
    ),
    NativeDef::new(
        "process_time_ns",
        "()",
        Parser::NoArgs,
        |_, _| Ok(nanoseconds(since_start())),
        "Process time for profiling, in nanoseconds.",
    ),
    NativeDef::new(
        "thread_time",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::float(since_start().as_secs_f64())),
        "Thread time for profiling.",
    ),
    NativeDef::new(
        "_offset",
        "(seconds, /)",
        Parser::One,
        offset,
        "Seconds that the local clock is ahead of UTC at a POSIX time.",
    ),
    NativeDef::new(
        "_zone_name",
        "(seconds, /)",
        Parser::One,
        zone_name,
        "What the local time zone is called at a POSIX time.",
    ),
    NativeDef::new(
        "sleep",
        "(seconds, /)",
        Parser::One,
        sleep,
        "Delay execution for a given number of seconds.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    since_start();
    let module = Module::new("time");
    vm.define_functions(&module, FUNCTIONS);
    Ok(module)
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Time since the first look at the clock.
fn since_start() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Where the local clock stands against UTC, in seconds.
fn local_offset(seconds: &Value) -> i32 {
    let moment = seconds
        .as_int()
        .and_then(|seconds| Local.timestamp_opt(seconds, 0).single());
    moment.map_or(0, |moment| moment.offset().local_minus_utc())
}

fn offset(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::int(args.first().map_or(0, local_offset).into()))
}

fn zone_name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let offset = args.first().map_or(0, local_offset);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    Ok(Value::str(match offset {
        0 => "UTC".to_string(),
        _ if minutes % 60 == 0 => format!("{sign}{:02}", minutes / 60),
        _ => format!("{sign}{:02}{:02}", minutes / 60, minutes % 60),
    }))
}

fn nanoseconds(time: Duration) -> Value {
    Value::int(i64::try_from(time.as_nanos()).unwrap_or(i64::MAX))
}

/// Sleeps in short naps, so that Ctrl-C and limits are heard.
fn sleep(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [seconds] = args else { return Ok(Value::None) };
    let seconds = must_be_real(vm, seconds)?;
    if seconds.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    let Ok(length) = Duration::try_from_secs_f64(seconds) else {
        return Err(vm.overflow_error("timestamp too large to convert to C _PyTime_t"));
    };
    let start = Instant::now();
    loop {
        vm.poll()?;
        let left = length.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(Value::None);
        }
        std::thread::sleep(left.min(Duration::from_millis(20)));
    }
}
