package keygentest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Process is a program running on a machine.
type Process struct {
	ID            string // UUID
	Machine       string // id
	PID           string // made up if ""
	LastHeartbeat time.Time
	Metadata      map[string]any
}

type process struct {
	entry
	machine       *machine
	pid           string
	metadata      *object
	lastHeartbeat time.Time
}

// AddProcess starts a process, whatever the limits, and returns it with ID and PID filled in. It panics on an unknown
// machine.
func (a *API) AddProcess(p Process) Process {
	p.ID, p.PID = cmp.Or(p.ID, uuid.NewString()), cmp.Or(p.PID, uuid.NewString())
	a.mu.Lock()
	defer a.mu.Unlock()
	added := a.newProcess(a.mustMachine(p.Machine), p.PID, p.ID)
	added.metadata = storedMetadata(p.Metadata)
	if !p.LastHeartbeat.IsZero() {
		added.lastHeartbeat = p.LastHeartbeat
	}
	return p
}

// newProcess counts as the first sign of life.
func (a *API) newProcess(m *machine, pid, id string) *process {
	p := &process{entry: a.newEntry(m.account, m.environment, id), machine: m, pid: pid}
	p.lastHeartbeat = p.created
	a.processes[p.id] = p
	return p
}

// processesOf returns the processes of a machine, newest first.
func (a *API) processesOf(m *machine) []*process {
	return newest(a.processes, func(p *process) bool { return p.machine == m })
}

// processCount returns how many processes share the limit of those of a machine, and that limit.
func (a *API) processCount(m *machine, owner *user) (count, max int) {
	strategy := m.license.policy.ProcessLeasingStrategy
	for _, p := range a.processes {
		same := p.machine == m
		switch strategy {
		case "PER_LICENSE":
			same = p.machine.license == m.license
		case "PER_USER":
			same = p.machine.license == m.license && p.machine.owner == owner
		}
		if same {
			count++
		}
	}
	if strategy == "PER_MACHINE" {
		return count, m.processLimit()
	}
	return count, m.license.limits().MaxProcesses
}

func (p *process) policy() *policy { return p.machine.license.policy }

func processRoutes() []route {
	return []route{
		forUsers(http.MethodGet, "processes", listProcesses),
		forUsers(http.MethodPost, "processes", createProcess),
		forUsers(http.MethodGet, "processes/{id}", withProcess(demand{permission: "process.read"}, showProcess)),
		forUsers(http.MethodDelete, "processes/{id}",
			withProcess(demand{"process.delete", true, (*license).isProtected}, deleteProcess)),
		forUsers(http.MethodPost, "processes/{id}/actions/ping",
			withProcess(demand{"process.heartbeat.ping", true, (*license).isProtected}, pingProcess)),
	}
}

func withProcess(d demand, do func(*exchange, *process) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		p := x.api.processes[x.params["id"]]
		if p == nil || !x.seesMachine(p.machine) {
			return nil, notFound("process", x.params["id"])
		}
		if err := x.meets(d, p.machine.license, x.owns(p.machine)); err != nil {
			return nil, err
		}
		return do(x, p)
	}
}

func listProcesses(x *exchange) (*reply, error) {
	if err := x.allow("process.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.processes, func(p *process) bool { return x.seesMachine(p.machine) }))
}

func showProcess(x *exchange, p *process) (*reply, error) { return x.show(p), nil }

func createProcess(x *exchange) (*reply, error) {
	if err := x.validate([]field{dataField([]string{"process", "processes"}, []field{
		{name: "pid", kind: kindString, required: true},
		{name: "metadata", kind: kindMetadata},
	}, []field{needed(linkField("machine", "machine", "machines"))})}); err != nil {
		return nil, err
	}
	m, err := x.partOf("process.create")
	if err != nil {
		return nil, err
	}
	pid := x.attributeText("pid")
	var f findings
	for _, p := range x.api.processesOf(m) {
		if p.pid == pid {
			f.add("PID_TAKEN", "has already been taken", "/data/attributes/pid")
		}
	}
	if count, max := x.api.processCount(m, m.owner); !m.license.policy.allows(count+1, max) {
		f.add("MACHINE_PROCESS_LIMIT_EXCEEDED", fmt.Sprintf("process count has exceeded maximum allowed (%d)", max), "/data")
	}
	stored := x.judgeMetadata(&f)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	p := x.api.newProcess(m, pid, "")
	p.metadata = stored
	return x.created(p), nil
}

func deleteProcess(x *exchange, p *process) (*reply, error) {
	delete(x.api.processes, p.id)
	return newReply(http.StatusNoContent), nil
}

func pingProcess(x *exchange, p *process) (*reply, error) {
	status, ok := p.policy().ping(p.lastHeartbeat, x.now)
	if !ok {
		return nil, impossible("PROCESS_HEARTBEAT_DEAD", "is dead")
	}
	p.lastHeartbeat = x.now
	return document(http.StatusOK, map[string]any{"data": p.render(x, status)}), nil
}

type processAttributes struct {
	PID           string          `json:"pid"`
	Status        string          `json:"status"`
	Interval      int             `json:"interval"`
	LastHeartbeat *string         `json:"lastHeartbeat"`
	NextHeartbeat *string         `json:"nextHeartbeat"`
	Metadata      json.RawMessage `json:"metadata"`
	Created       string          `json:"created"`
	Updated       string          `json:"updated"`
}

func (p *process) link() string { return p.account.base() + "/processes/" + p.id }

func (p *process) resource(x *exchange) any {
	return p.render(x, p.policy().heartbeat(p.lastHeartbeat, x.now))
}

func (p *process) render(x *exchange, status string) any {
	return resource{
		ID:   p.id,
		Type: "processes",
		Attributes: processAttributes{
			PID:           p.pid,
			Status:        status,
			Interval:      int(p.policy().HeartbeatDuration / time.Second),
			LastHeartbeat: optionalStamp(p.lastHeartbeat),
			NextHeartbeat: optionalStamp(p.policy().nextHeartbeat(p.lastHeartbeat)),
			Metadata:      x.metadata(p.metadata),
			Created:       stamp(p.created),
			Updated:       stamp(p.updated),
		},
		Relationships: x.partRelationships(p.machine, p.link()),
		Links:         map[string]string{"self": p.link()},
	}
}
