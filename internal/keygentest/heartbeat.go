package keygentest

import "time"

// What documents tell of heartbeats.
const (
	notStarted  = "NOT_STARTED"
	alive       = "ALIVE"
	dead        = "DEAD"
	resurrected = "RESURRECTED" // only in the answer to the ping that did it
)

// heartbeat tells how something is that gave its last sign of life then.
func (p *policy) heartbeat(last, now time.Time) string {
	switch {
	case last.IsZero():
		return notStarted
	case now.After(last.Add(p.HeartbeatDuration)):
		return dead
	}
	return alive
}

// revivable reports whether something dead may come back.
func (p *policy) revivable(last, now time.Time) bool {
	window, always := p.revival()
	died := last.Add(p.HeartbeatDuration)
	return always || window > 0 && !now.After(died.Add(window))
}

// ping returns how something is after a sign of life, and whether it was in time.
func (p *policy) ping(last, now time.Time) (status string, ok bool) {
	if p.heartbeat(last, now) != dead {
		return alive, true
	}
	return resurrected, p.revivable(last, now)
}

// culled reports whether something is gone by now.
func (p *policy) culled(last, now time.Time) bool {
	return p.HeartbeatCullStrategy == "DEACTIVATE_DEAD" && p.heartbeat(last, now) == dead && !p.revivable(last, now)
}

// cull removes what has died, before anybody can see that it has.
func (a *API) cull(now time.Time) {
	for _, m := range a.machines {
		if m.license.policy.culled(m.lastHeartbeat, now) {
			a.deleteMachine(m)
		}
	}
	for id, p := range a.processes {
		if p.policy().culled(p.lastHeartbeat, now) {
			delete(a.processes, id)
		}
	}
}

// nextHeartbeat is zero until the first.
func (p *policy) nextHeartbeat(last time.Time) time.Time {
	if last.IsZero() {
		return last
	}
	return last.Add(p.HeartbeatDuration)
}
