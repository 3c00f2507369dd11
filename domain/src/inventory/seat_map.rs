//! Which seats of a row are taken: one bit a seat, looked at 64 at a time.

use std::sync::Arc;

/// The taken seats of one row. Knows nothing of the row's length: who asks brings it.
#[derive(Debug, Clone, Default)]
pub(super) struct SeatMap {
    /// Bit n of word w: seat 64 w + n + 1.
    taken: Arc<[u64]>,
}

impl SeatMap {
    pub(super) fn is_taken(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.taken.get(word).is_some_and(|taken| taken & bit != 0)
    }

    pub(super) fn take(&mut self, number: u32) {
        let (word, bit) = place(number);
        if word >= self.taken.len() {
            self.taken = self.taken.iter().copied().chain(std::iter::repeat(0)).take(word + 1).collect();
        }
        Arc::make_mut(&mut self.taken)[word] |= bit;
    }

    pub(super) fn give_back(&mut self, number: u32) {
        let (word, bit) = place(number);
        if word < self.taken.len() {
            Arc::make_mut(&mut self.taken)[word] &= !bit;
        }
    }

    /// The most free seats side by side, counted no further than `cap`.
    pub(super) fn longest_run(&self, seats: u32, cap: u32) -> u32 {
        let mut longest = 0;
        for word in 0..words(seats) {
            // Each pass finds a longer run, so there are at most `cap` of them in all.
            while longest < cap && self.starts(word, seats, longest + 1) != 0 {
                longest += 1;
            }
        }
        longest
    }

    /// The first seat of the best block of `length` free seats: nearest the row's centre; of two equally near, one
    /// that leaves no single empty seat; of two such, the lower.
    pub(super) fn best_block(&self, seats: u32, length: u32) -> Option<u32> {
        let last_start = seats.checked_sub(length)?;
        let centre = last_start / 2;
        let below = self.last_start_until(centre, seats, length);
        let above = self.first_start_after(centre, seats, length);
        let choices = [below, above].into_iter().flatten();
        let best = choices.min_by_key(|&start| {
            // Twice the distance between the centres of block and row.
            let distance = (2 * start).abs_diff(last_start);
            (distance, self.leaves_single(start, length, seats), start)
        })?;
        Some(best + 1)
    }

    fn last_start_until(&self, until: u32, seats: u32, length: u32) -> Option<u32> {
        let (first, offset) = (until / 64, until % 64);
        let mut starts = self.starts(first, seats, length) & (u64::MAX >> (63 - offset));
        for word in (0..=first).rev() {
            if starts != 0 {
                return Some(word * 64 + 63 - starts.leading_zeros());
            }
            starts = word.checked_sub(1).map_or(0, |below| self.starts(below, seats, length));
        }
        None
    }

    fn first_start_after(&self, after: u32, seats: u32, length: u32) -> Option<u32> {
        let (first, offset) = ((after + 1) / 64, (after + 1) % 64);
        let mut starts = self.starts(first, seats, length) & (u64::MAX << offset);
        for word in first..words(seats) {
            if starts != 0 {
                return Some(word * 64 + starts.trailing_zeros());
            }
            starts = self.starts(word + 1, seats, length);
        }
        None
    }

    /// The seats of a word at which `length` free seats begin (at most 64).
    fn starts(&self, word: u32, seats: u32, length: u32) -> u64 {
        let mut starts = u128::from(self.free(word, seats)) | u128::from(self.free(word + 1, seats)) << 64;
        let mut run = 1;
        while run < length {
            // Where runs begin both here and further on, a longer one begins here.
            let step = run.min(length - run);
            starts &= starts >> step;
            run += step;
        }
        // The upper half only looked ahead.
        u64::try_from(starts & u128::from(u64::MAX)).unwrap_or_default()
    }

    /// The free seats of a word; beyond the row's end there are none.
    fn free(&self, word: u32, seats: u32) -> u64 {
        let exist = match seats.saturating_sub(word.saturating_mul(64)) {
            0 => 0,
            some @ 1..64 => u64::MAX >> (64 - some),
            64.. => u64::MAX,
        };
        exist & !self.taken.get(word as usize).copied().unwrap_or(0)
    }

    /// Whether taking the block would leave a free seat next to it that has no free neighbour.
    fn leaves_single(&self, start: u32, length: u32, seats: u32) -> bool {
        let free = |seat: Option<u32>| seat.is_some_and(|seat| seat < seats && !self.is_taken(seat + 1));
        let single_below = free(start.checked_sub(1)) && !free(start.checked_sub(2));
        let end = start + length;
        let single_above = free(Some(end)) && !free(Some(end + 1));
        single_below || single_above
    }
}

fn words(seats: u32) -> u32 {
    seats.div_ceil(64)
}

fn place(number: u32) -> (usize, u64) {
    let index = number.saturating_sub(1);
    ((index / 64) as usize, 1 << (index % 64))
}
