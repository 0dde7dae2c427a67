//! Good manners: how many requests leave in a second, and how long a target asks to wait.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use tokio::time::Instant;

/// What is asked of a target that is not on this machine: with the burst that is allowed on top,
/// below the 30 requests a second that the API documents.
const POLITE: u32 = 25;

/// A token bucket that all cases of a run draw from. It holds a fifth of a second's requests, so
/// that no second ever sees more than a fifth above the rate.
pub(crate) struct Pace {
    interval: Duration,
    burst: Duration,
    /// When the bucket is full again.
    full: Mutex<Instant>,
}

impl Pace {
    /// `rate` requests a second: 0 for no limit, and where none is given, what is polite.
    pub(crate) fn new(rate: Option<u32>, is_loopback: bool) -> Option<Self> {
        let rate = rate.unwrap_or(if is_loopback { 0 } else { POLITE });
        let interval = Duration::from_secs(1).checked_div(rate)?;
        Some(Self { interval, burst: interval * (rate / 5), full: Mutex::new(Instant::now()) })
    }

    /// Waits for a token.
    pub(crate) async fn token(&self) {
        let at = self.take(Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// Nobody sends anything for this time.
    pub(crate) fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause + self.burst;
        let mut full = self.lock();
        *full = (*full).max(until);
    }

    /// When the next request may leave.
    fn take(&self, now: Instant) -> Instant {
        let mut full = self.lock();
        let at = full.checked_sub(self.burst).map_or(now, |at| at.max(now));
        *full = (*full).max(now) + self.interval;
        at
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Instant> {
        // An instant is written whole, so that a panic elsewhere leaves a good one.
        self.full.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the target asks to wait, if it says so: `Retry-After` in seconds or as a date (RFC 9110,
/// section 10.2.3), or the reset time of this API's rate limit.
pub(crate) fn asked_pause(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let retry_after = text(RETRY_AFTER.as_str()).and_then(|text| seconds(text).or_else(|| until(text, now)));
    let asked = retry_after.or_else(|| text("x-ratelimit-reset").and_then(seconds))?;
    // Never a busy loop, and never a wait that no clock can count.
    Some(Duration::from_secs_f32(asked.clamp(0.1, 3600.0)))
}

fn seconds(text: &str) -> Option<f32> {
    // `nan` is a number for a parser, and no time.
    text.parse::<f32>().ok().filter(|seconds| seconds.is_finite())
}

/// Seconds until an HTTP date; a date that is past is no time to wait.
fn until(date: &str, now: SystemTime) -> Option<f32> {
    let date = httpdate::parse_http_date(date).ok()?;
    // Dates have whole seconds: the one that is named must be over.
    Some(date.duration_since(now).map_or(0.0, |left| left.as_secs_f32()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::target::Target;

    fn asked(name: &'static str, text: &'static str) -> Option<f32> {
        let headers = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(text))]);
        // 2026-10-21T07:28:00Z
        let now = SystemTime::UNIX_EPOCH + Duration::from_mins(29_876_128);
        asked_pause(&headers, now).map(|pause| pause.as_secs_f32())
    }

    #[test]
    fn a_pause_is_a_time_whatever_the_target_says() {
        assert_eq!(asked("retry-after", "2"), Some(2.0));
        assert_eq!(asked("retry-after", "Wed, 21 Oct 2026 07:28:05 GMT"), Some(5.0));
        assert_eq!(asked("retry-after", "Wednesday, 21-Oct-26 07:28:05 GMT"), Some(5.0), "obsolete, and still legal");
        assert_eq!(asked("retry-after", "Wed, 21 Oct 2020 07:28:00 GMT"), Some(0.1), "never a busy loop");
        assert_eq!(asked("x-ratelimit-reset", "0.5"), Some(0.5));
        for odd in ["nan", "inf", "-inf", "soon", "", "Wed, 99 Oct 2026 07:28:00 GMT"] {
            assert_eq!(asked("retry-after", odd), None, "{odd}");
        }
        assert_eq!(asked("retry-after", "-5"), Some(0.1));
        assert_eq!(asked("retry-after", "1e30"), Some(3600.0));
    }

    #[test]
    fn only_this_machine_is_asked_without_limit() {
        let pace = |address: &str, rate| Pace::new(rate, Target::new(address, "o").unwrap().is_loopback());
        for address in
            ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://localhost", "http://a.localhost"]
        {
            assert!(pace(address, None).is_none(), "{address}");
        }
        for address in ["https://tfe.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[::2]"] {
            assert_eq!(pace(address, None).unwrap().interval, Duration::from_millis(40), "{address}");
            assert!(pace(address, Some(0)).is_none(), "{address}");
        }
        assert_eq!(pace("http://127.0.0.1:1", Some(2)).unwrap().interval, Duration::from_millis(500));
    }

    /// In no second do more requests leave than a fifth above the rate.
    #[test]
    fn no_second_sees_more_than_the_documented_limit() {
        let pace = Pace::new(None, false).unwrap();
        let began = Instant::now();
        let sent: Vec<_> = (0..200).map(|_| pace.take(began)).collect();
        for (index, at) in sent.iter().enumerate() {
            let within = sent[index..].iter().take_while(|later| **later < *at + Duration::from_secs(1)).count();
            assert!(within <= 30, "{within} requests within a second");
        }
        assert!(sent[199] >= began + Duration::from_secs(7), "the bucket does not fill by itself");
    }
}
