package keygentest

import (
	"cmp"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Machine is a device that a license is activated for.
type Machine struct {
	ID            string // UUID
	License       string // id
	Owner         string // id of a user of the license; "" means none
	Fingerprint   string // made up if ""
	Name          string
	IP            string
	Hostname      string
	Platform      string
	Cores         int
	Memory        int
	Disk          int
	MaxProcesses  int       // 0: as the license says
	LastHeartbeat time.Time // zero: as the policy starts the clock
	Metadata      map[string]any
}

type machine struct {
	entry
	license      *license
	owner        *user // may be nil
	fingerprint  string
	name         *string
	ip           *string
	hostname     *string
	platform     *string
	cores        int // 0 when not told, as memory and disk
	memory       int
	disk         int
	maxProcesses int
	metadata     *object

	lastHeartbeat time.Time // zero: not started
	lastCheckOut  time.Time
}

// AddMachine activates a license for a machine, whatever its limits, and returns the machine with ID and Fingerprint
// filled in. It panics when license or owner are unknown, or when ID is taken.
func (a *API) AddMachine(m Machine) Machine {
	m.ID, m.Fingerprint = cmp.Or(m.ID, uuid.NewString()), cmp.Or(m.Fingerprint, uuid.NewString())
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.licenses[m.License]
	if l == nil {
		panic(fmt.Sprintf("keygentest: no license %q", m.License))
	}
	if a.machines[m.ID] != nil {
		panic(fmt.Sprintf("keygentest: machine %s exists", m.ID))
	}
	added := a.newMachine(l, m.ID)
	if m.Owner != "" {
		added.owner = a.mustUser(m.Owner)
	}
	added.fingerprint, added.name, added.ip = m.Fingerprint, optional(m.Name), optional(m.IP)
	added.hostname, added.platform = optional(m.Hostname), optional(m.Platform)
	added.cores, added.memory, added.disk, added.maxProcesses = m.Cores, m.Memory, m.Disk, m.MaxProcesses
	added.metadata = storedMetadata(m.Metadata)
	if !m.LastHeartbeat.IsZero() {
		added.lastHeartbeat = m.LastHeartbeat
	}
	return m
}

// newMachine starts the clock of heartbeats if the policy requires any, and that of the license if it waits for this.
func (a *API) newMachine(l *license, id string) *machine {
	m := &machine{entry: a.newEntry(l.account, l.environment, id), license: l}
	if p := l.policy; p.RequireHeartbeat && p.HeartbeatBasis == "FROM_CREATION" {
		m.lastHeartbeat = m.created
	}
	l.begin("FROM_FIRST_ACTIVATION", m.created)
	a.machines[m.id] = m
	return m
}

// deleteMachine takes its parts along.
func (a *API) deleteMachine(m *machine) {
	delete(a.machines, m.id)
	for _, c := range a.componentsOf(m) {
		delete(a.components, c.id)
	}
	for _, p := range a.processesOf(m) {
		delete(a.processes, p.id)
	}
}

// machinesOf returns the machines of a license, newest first.
func (a *API) machinesOf(l *license) []*machine {
	return newest(a.machines, func(m *machine) bool { return m.license == l })
}

func (a *API) hasMachine(l *license, id string) bool {
	m := a.machines[id]
	return m != nil && m.license == l
}

func sumOf(machines []*machine) machineSums {
	var sums machineSums
	for _, m := range machines {
		sums.Count++
		sums.Cores += m.cores
		sums.Memory += m.memory
		sums.Disk += m.disk
	}
	return sums
}

// named reports whether paths may call a machine so.
func (m *machine) named(name string) bool { return m.id == name || m.fingerprint == name }

// concerns reports whether a machine is a user's, or of a license of theirs.
func (m *machine) concerns(u *user) bool { return m.owner == u || m.license.has(u) }

// processLimit is the machine's own, else that of the license.
func (m *machine) processLimit() int { return cmp.Or(m.maxProcesses, m.license.limits().MaxProcesses) }

func (m *machine) heartbeat(now time.Time) string {
	return m.license.policy.heartbeat(m.lastHeartbeat, now)
}
