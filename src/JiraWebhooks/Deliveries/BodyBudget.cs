namespace JiraWebhooks.Deliveries;

/// <summary>Counts the bytes that large bodies may hold in this process. A claim that finds no room waits its turn, first come, first served.
/// Bodies whose sender is not verified yet have a share of their own, so that they cannot keep verified ones out.</summary>
/// <param name="capacity">Most bytes of all claims together.</param>
/// <param name="unverified">Most bytes of all unverified claims together.</param>
internal sealed class BodyBudget(long capacity, long unverified)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Request> _queue = new();
    private int _unverifiedAtWork;

    /// <summary>Bytes that are held now.</summary>
    public long Used { get; private set; }

    /// <summary>Those of them that unverified claims hold.</summary>
    public long UsedUnverified { get; private set; }

    /// <summary>How many claims wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>Adds <paramref name="bytes"/> to what <paramref name="claim"/> holds, when there is room. False when there is none until
    /// <paramref name="budget"/> ends, when there can never be, or when only this claim's leaving makes room for others.</summary>
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

    /// <summary>Takes <paramref name="bytes"/> from what <paramref name="claim"/> holds.</summary>
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

    // Nothing overtakes what waits for the whole budget, or a large body would wait for ever; only the unverified share is overtaken.
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

        // All that hold something wait for more, behind the share or behind a verified body that finds no room: the last to ask leaves.
        // A verified body never waits with something in hand, so what it holds is released.
        if ((isShareFull || (isBlocked && Used == UsedUnverified)) && _unverifiedAtWork == 0 && _queue.LastOrDefault(request => request.Claim is { Verified: false, Held: > 0 }) is { } last) Refuse(last);
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

    // What holds a part and does not wait will release it some day.
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
