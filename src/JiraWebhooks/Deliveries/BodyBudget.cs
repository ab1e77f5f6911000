namespace JiraWebhooks.Deliveries;

/// <summary>Limits the bytes that large bodies may hold in this process. A claim that does not fit waits; claims are served in order of arrival.
/// Bodies of unverified senders have their own share, so that they cannot block verified ones.</summary>
/// <param name="capacity">Maximum bytes of all claims together.</param>
/// <param name="unverified">Maximum bytes of all unverified claims together.</param>
internal sealed class BodyBudget(long capacity, long unverified)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Request> _queue = new();
    private int _unverifiedAtWork;

    /// <summary>Bytes held now.</summary>
    public long Used { get; private set; }

    /// <summary>Bytes held by unverified claims now.</summary>
    public long UsedUnverified { get; private set; }

    /// <summary>Number of waiting claims.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>Adds <paramref name="bytes"/> to <paramref name="claim"/> as soon as they fit. Returns false if they do not fit before
    /// <paramref name="budget"/> ends, if they can never fit, or if this claim must give up so that others can continue.</summary>
    public ValueTask<bool> AddAsync(BodyClaim claim, long bytes, CancellationToken budget)
    {
        Request request;
        lock (_gate)
        {
            if (bytes > (claim.Verified ? capacity : unverified) - claim.Held || budget.IsCancellationRequested) return new(false);
            if (_queue.Count == 0 && Fits(claim, bytes))
            {
                Take(claim, bytes);
                return new(true);
            }

            request = new Request(claim, bytes);
            SetWaiting(claim, true);
            _queue.AddLast(request.Place);
            Serve();
        }

        return new(WaitAsync(request, budget));
    }

    /// <summary>Releases <paramref name="bytes"/> of <paramref name="claim"/>.</summary>
    public void Release(BodyClaim claim, long bytes)
    {
        lock (_gate)
        {
            Used -= bytes;
            if (!claim.Verified)
            {
                UsedUnverified -= bytes;
                if (claim.Held == bytes && bytes > 0) _unverifiedAtWork--;
            }

            claim.Held -= bytes;
            Serve();
        }
    }

    private async Task<bool> WaitAsync(Request request, CancellationToken budget)
    {
        using var registration = budget.UnsafeRegister(_ =>
        {
            lock (_gate)
            {
                if (request.Place.List is null) return;

                Refuse(request);
                Serve();
            }
        }, null);
        return await request.Answer.Task;
    }

    private bool Fits(BodyClaim claim, long bytes) => Used + bytes <= capacity && (claim.Verified || UsedUnverified + bytes <= unverified);

    // A request that waits for the total capacity blocks all later ones, or a large body would wait forever. Verified requests may overtake one that
    // waits only for the unverified share.
    private void Serve()
    {
        var (isShareFull, isBlocked) = (false, false);
        for (var place = _queue.First; place is not null;)
        {
            var (request, next) = (place.Value, place.Next);
            if (!request.Claim.Verified && (isShareFull || UsedUnverified + request.Bytes > unverified)) isShareFull = true;
            else if (Used + request.Bytes > capacity) isBlocked = true;
            else Grant(request);

            if (isBlocked) break;
            place = next;
        }

        // Deadlock: every claim that holds bytes waits for more, behind the unverified share or behind a verified body that does not fit. The last
        // unverified one that holds bytes is refused. A verified body never waits while it holds bytes, so its bytes are released.
        if (_unverifiedAtWork > 0 || !(isShareFull || (isBlocked && Used == UsedUnverified))) return;
        if (_queue.LastOrDefault(request => request.Claim is { Verified: false, Held: > 0 }) is { } last) Refuse(last);
    }

    private void Grant(Request request)
    {
        _queue.Remove(request.Place);
        SetWaiting(request.Claim, false);
        Take(request.Claim, request.Bytes);
        request.Answer.SetResult(true);
    }

    private void Refuse(Request request)
    {
        _queue.Remove(request.Place);
        SetWaiting(request.Claim, false);
        request.Answer.SetResult(false);
    }

    private void Take(BodyClaim claim, long bytes)
    {
        Used += bytes;
        if (!claim.Verified)
        {
            UsedUnverified += bytes;
            if (claim.Held == 0) _unverifiedAtWork++;
        }

        claim.Held += bytes;
    }

    // _unverifiedAtWork counts unverified claims that hold bytes and do not wait: they will release their bytes.
    private void SetWaiting(BodyClaim claim, bool waiting)
    {
        claim.IsWaiting = waiting;
        if (!claim.Verified && claim.Held > 0) _unverifiedAtWork += waiting ? -1 : 1;
    }

    private sealed class Request
    {
        public Request(BodyClaim claim, long bytes) => (Claim, Bytes, Place) = (claim, bytes, new(this));

        public BodyClaim Claim { get; }

        public long Bytes { get; }

        public LinkedListNode<Request> Place { get; }

        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
