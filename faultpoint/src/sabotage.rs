use crate::names::named;

named! {
    /// A guard that can be switched off, to see whether anybody notices.
    Sabotage {
        /// The sequencer begins its transaction without locking the log.
        SkipLock = "skip-lock",
        /// Callers are answered before the commit.
        AnswerBeforeCommit = "answer-before-commit",
        /// A commit whose answer was lost is taken for committed, without looking.
        UnresolvedCommit = "unresolved-commit",
        /// What others appended moves the sequencer's position, but not the states that it decides on.
        StaleDecide = "stale-decide",
        /// Inventories are decided on as if nobody had seats yet.
        Oversell = "oversell",
        /// Seats that are released are released once more.
        ReleaseTwice = "release-twice",
        /// A key that comes back with another request gets the first one's answer.
        DropFingerprint = "drop-fingerprint",
        /// Commands are not remembered.
        ForgetCommands = "forget-commands",
        /// An event may be recorded earlier than the one before it.
        ClockBackwards = "clock-backwards",
        /// Events are not chained to the ones before them.
        ChainBroken = "chain-broken",
        /// What was heard of is taken for recorded, without looking whether the log has it.
        BelieveHearsay = "believe-hearsay",
        /// What does not continue the events before it is taken for their continuation.
        FollowAnything = "follow-anything",
        /// The relay does not say which message it expects to follow.
        RelayWithoutExpectedSequence = "relay-without-expected-sequence",
        /// The relay does not compare what lies in the stream with what lies in the log.
        RelayTrustsNumbers = "relay-trusts-numbers",
        /// Rows and checkpoint are committed one after the other.
        CheckpointApartFromRows = "checkpoint-apart-from-rows",
        /// A message that is not the next one is taken for it.
        ProjectionSkipsAGap = "projection-skips-a-gap",
        /// Read models are made by a program that is older than check-ins.
        OlderThanCheckIns = "older-than-check-ins",
        /// Whoever has lost a checkpoint to another may still move it.
        FencingOff = "fencing-off",
        /// Slots are swapped wherever the one that was made has come to.
        SwapWithoutCatchingUp = "swap-without-catching-up",
        /// A slot is emptied at once, whoever may still read it.
        ReadersNotWaitedFor = "readers-not-waited-for",
        /// A query does not wait for the position it was given.
        ReadYourWritesOff = "read-your-writes-off",
        /// A query tells a lower position than it has read.
        PositionsGoBack = "positions-go-back",
        /// What was sent to a customer already is sent once more.
        TellAgain = "tell-again",
        /// Payments that succeeded are decided on as if they were still awaited.
        SettleAgain = "settle-again",
        /// Refunds that were paid out are decided on as if they were not.
        RefundAgain = "refund-again",
        /// Payments are decided on as if no hold had ended.
        OverlookHolds = "overlook-holds",
        /// Money that comes when nobody waits for it any more is not recorded.
        OverlookLateMoney = "overlook-late-money",
        /// An order that was paid late is confirmed without its seats.
        LateWithoutSeats = "late-without-seats",
        /// Accounts are decided on as if there were plenty in them.
        SpendWithoutFunds = "spend-without-funds",
        /// Tickets are decided on as if nobody had gone in with them.
        CheckInAgain = "check-in-again",
        /// Messages of providers are believed whoever signed them.
        AnySignature = "any-signature",
        /// They are believed whenever they were signed.
        AnyTime = "any-time",
        /// They are not known again.
        ForgetMessages = "forget-messages",
        /// A provider is asked for the same under another key each time.
        NewKeyEachTime = "new-key-each-time",
        /// A refund is asked for without looking whether it was paid.
        RefundWithoutLooking = "refund-without-looking",
        /// A refund that failed is asked for under its old name.
        SameRefundForEver = "same-refund-for-ever",
        /// What a provider says and nobody here understands is taken for success.
        UnknownIsSuccess = "unknown-is-success",
        /// A provider that does not answer is taken to have declined.
        SilenceIsFailure = "silence-is-failure",
        /// Charges that nobody wants any more are neither called off nor asked about.
        LeaveChargesAlone = "leave-charges-alone",
        /// Of a show that is called off as many orders are settled as at once, and no more.
        UnwindOnce = "unwind-once",
        /// Nobody notes when a hold ends.
        HoldsNeverEnd = "holds-never-end",
        /// What a process has read is committed before the steps that follow from it.
        StepsApartFromCheckpoint = "steps-apart-from-checkpoint",
        /// A step is taken for done before it is performed.
        DoneBeforePerformed = "done-before-performed",
        /// What fails too often is given up without a word.
        DropWhatFails = "drop-what-fails",
        /// What fails is tried again at once, and for ever.
        RetryForEver = "retry-for-ever",
        /// Whoever verifies the log does not compute its chain.
        VerifyWithoutChain = "verify-without-chain",
        /// Whoever verifies the log does not look for gaps among the versions of a stream.
        VerifyWithoutVersions = "verify-without-versions",
        /// Whoever verifies the log does not compare it with what the checkpoints say.
        VerifyWithoutRoots = "verify-without-roots",
        /// A checkpoint is believed whatever its signature.
        AnySignatureWillDo = "any-signature-will-do",
        /// A checkpoint is signed whatever the log looks like.
        SignUnverified = "sign-unverified",
        /// A checkpoint takes the place of another.
        CheckpointsAreOverwritten = "checkpoints-are-overwritten",
    }
}
