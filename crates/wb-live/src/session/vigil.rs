//! How a thread waits: awake for a while, because to be woken takes longer than to decide.

use std::thread;

use super::stopwatch::Stopwatch;

/// So long a thread looks for what comes next before it sleeps, in nanoseconds: as long as a venue on the same machine
/// takes to answer. A session to which nothing happens sleeps.
const AWAKE_NS: u64 = 400_000;

/// What `look` finds while the thread stays awake. Between two looks it lets other threads go first.
pub(super) fn keep_vigil<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let since = Stopwatch::start();
    loop {
        let found = look();
        if found.is_some() || since.ns() > AWAKE_NS {
            return found;
        }
        thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_a_vigil_ends() {
        assert_eq!(keep_vigil(|| Some(7)), Some(7));
        let mut looks = 0;
        let nothing: Option<u32> = keep_vigil(|| {
            looks += 1;
            None
        });
        assert_eq!((nothing, looks > 0), (None, true));
    }
}
