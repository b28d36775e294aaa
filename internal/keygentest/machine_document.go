package keygentest

import (
	"encoding/json"
	"time"
)

type machineAttributes struct {
	Fingerprint       string          `json:"fingerprint"`
	Cores             *int            `json:"cores"`
	Memory            *int            `json:"memory"`
	Disk              *int            `json:"disk"`
	IP                *string         `json:"ip"`
	Hostname          *string         `json:"hostname"`
	Platform          *string         `json:"platform"`
	Name              *string         `json:"name"`
	RequireHeartbeat  bool            `json:"requireHeartbeat"`
	HeartbeatStatus   string          `json:"heartbeatStatus"`
	HeartbeatDuration int             `json:"heartbeatDuration"`
	MaxProcesses      *int            `json:"maxProcesses"`
	LastCheckOut      *string         `json:"lastCheckOut"`
	LastHeartbeat     *string         `json:"lastHeartbeat"`
	NextHeartbeat     *string         `json:"nextHeartbeat"`
	Metadata          json.RawMessage `json:"metadata"`
	Created           string          `json:"created"`
	Updated           string          `json:"updated"`
}

// machineRelationships have either an owner or, before version 1.6, a user, who is the owner of the license.
type machineRelationships struct {
	Account     relationship     `json:"account"`
	Environment *relationship    `json:"environment,omitempty"`
	Product     relationship     `json:"product"`
	Group       relationship     `json:"group"`
	License     relationship     `json:"license"`
	Owner       *relationship    `json:"owner,omitempty"`
	User        *relationship    `json:"user,omitempty"`
	Components  relationshipLink `json:"components"`
	Processes   relationshipLink `json:"processes"`
}

func (m *machine) link() string { return m.account.base() + "/machines/" + m.id }

func (m *machine) resource(x *exchange) any { return m.render(x, m.heartbeat(x.now)) }

// render takes the status from the caller: the answer to a ping tells more than any other.
func (m *machine) render(x *exchange, status string) any {
	p := m.license.policy
	relationships := machineRelationships{
		Account:     m.account.relationship(),
		Environment: x.environmentOf(m.account, m.environment),
		Product:     to(m.link()+"/product", "products", p.Product),
		Group:       to(m.link()+"/group", "groups", ""),
		License:     to(m.link()+"/license", "licenses", m.license.id),
		Components:  collection(m.link() + "/components"),
		Processes:   collection(m.link() + "/processes"),
	}
	relationships.Owner, relationships.User = x.ownerOrUser(m.link(), m.owner, m.license.owner)
	return resource{
		ID:   m.id,
		Type: "machines",
		Attributes: machineAttributes{
			Fingerprint:       m.fingerprint,
			Cores:             limit(m.cores),
			Memory:            limit(m.memory),
			Disk:              limit(m.disk),
			IP:                m.ip,
			Hostname:          m.hostname,
			Platform:          m.platform,
			Name:              m.name,
			RequireHeartbeat:  p.RequireHeartbeat || !m.lastHeartbeat.IsZero(),
			HeartbeatStatus:   status,
			HeartbeatDuration: int(p.HeartbeatDuration / time.Second),
			MaxProcesses:      limit(m.processLimit()),
			LastCheckOut:      optionalStamp(m.lastCheckOut),
			LastHeartbeat:     optionalStamp(m.lastHeartbeat),
			NextHeartbeat:     optionalStamp(p.nextHeartbeat(m.lastHeartbeat)),
			Metadata:          x.metadata(m.metadata),
			Created:           stamp(m.created),
			Updated:           stamp(m.updated),
		},
		Relationships: relationships,
		Links:         map[string]string{"self": m.link()},
	}
}

// newMachineDocument is what the answer to a creation holds. Before version 1.3 the clock of heartbeats did not start
// with it.
type newMachineDocument struct{ *machine }

func (d newMachineDocument) resource(x *exchange) any {
	r := d.machine.resource(x).(resource)
	attributes := r.Attributes.(machineAttributes)
	if x.version <= 2 && attributes.HeartbeatStatus == alive {
		attributes.HeartbeatStatus, attributes.LastHeartbeat = notStarted, nil
	}
	r.Attributes = attributes
	return r
}
