package keygentest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// Component is a part of a machine, told apart by a fingerprint of its own.
type Component struct {
	ID          string // UUID
	Machine     string // id
	Fingerprint string // made up if ""
	Name        string
	Metadata    map[string]any
}

type component struct {
	entry
	machine     *machine
	fingerprint string
	name        string
	metadata    *object
}

// AddComponent adds a component and returns it with ID and Fingerprint filled in. It panics on an unknown machine.
func (a *API) AddComponent(c Component) Component {
	c.ID, c.Fingerprint = cmp.Or(c.ID, uuid.NewString()), cmp.Or(c.Fingerprint, uuid.NewString())
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.mustMachine(c.Machine)
	part := component{fingerprint: c.Fingerprint, name: c.Name, metadata: storedMetadata(c.Metadata)}
	part.id = c.ID
	a.newComponent(m, part)
	return c
}

func (a *API) mustMachine(id string) *machine {
	m := a.machines[id]
	if m == nil {
		panic(fmt.Sprintf("keygentest: no machine %q", id))
	}
	return m
}

// newComponent stores a part as one of a machine.
func (a *API) newComponent(m *machine, part component) *component {
	part.entry = a.newEntry(m.account, m.environment, part.id)
	part.machine = m
	a.components[part.id] = &part
	return &part
}

// componentsOf returns the components of a machine, newest first.
func (a *API) componentsOf(m *machine) []*component {
	return newest(a.components, func(c *component) bool { return c.machine == m })
}

func (a *API) hasComponent(m *machine, fingerprint string) bool {
	for _, c := range a.componentsOf(m) {
		if c.fingerprint == fingerprint {
			return true
		}
	}
	return false
}

// componentTaken reports whether a fingerprint is in use where the policy wants it unique.
func (a *API) componentTaken(m *machine, fingerprint string) bool {
	strategy := m.license.policy.ComponentUniquenessStrategy
	for _, c := range a.components {
		near := c.machine == m || strategy != uniqueParts[0] && m.license.shares(strategy, c.machine.license)
		if near && c.fingerprint == fingerprint {
			return true
		}
	}
	return false
}

func componentRoutes() []route {
	return []route{
		forUsers(http.MethodGet, "components", listComponents),
		forUsers(http.MethodPost, "components", createComponent),
		forUsers(http.MethodGet, "components/{id}", withComponent(demand{permission: "component.read"}, showComponent)),
		forUsers(http.MethodPatch, "components/{id}",
			withComponent(demand{"component.update", true, (*license).isProtected}, updateComponent)),
		forUsers(http.MethodDelete, "components/{id}",
			withComponent(demand{"component.delete", true, (*license).isProtected}, deleteComponent)),
	}
}

var componentAttributesFields = []field{
	{name: "fingerprint", kind: kindString, required: true},
	{name: "name", kind: kindString, required: true},
	{name: "metadata", kind: kindMetadata},
}

// componentOf reads a component from a document or from a part of one.
func componentOf(data *object) component {
	value := func(name string) any {
		v, _ := data.get("attributes", name)
		return v
	}
	metadata, _ := value("metadata").(*object)
	return component{fingerprint: value("fingerprint").(string), name: value("name").(string), metadata: metadata}
}

func withComponent(d demand, do func(*exchange, *component) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		c := x.api.components[x.params["id"]]
		if c == nil || !x.seesMachine(c.machine) {
			return nil, notFound("component", x.params["id"])
		}
		if err := x.meets(d, c.machine.license, x.owns(c.machine)); err != nil {
			return nil, err
		}
		return do(x, c)
	}
}

func listComponents(x *exchange) (*reply, error) {
	if err := x.allow("component.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.components, func(c *component) bool { return x.seesMachine(c.machine) }))
}

func showComponent(x *exchange, c *component) (*reply, error) { return x.show(c), nil }

// partOf returns the machine that a new component or process names, if the bearer may add to it.
func (x *exchange) partOf(permission string) (*machine, error) {
	if err := x.allow(permission); err != nil {
		return nil, err
	}
	m := x.api.machines[x.relationshipID("machine")]
	if m == nil || !x.seesMachine(m) {
		return nil, x.deny()
	}
	return m, x.meets(demand{permission, true, (*license).isProtected}, m.license, x.owns(m))
}

func createComponent(x *exchange) (*reply, error) {
	machine := []field{needed(linkField("machine", "machine", "machines"))}
	if err := x.validate([]field{dataField([]string{"component", "components"}, componentAttributesFields, machine)}); err != nil {
		return nil, err
	}
	m, err := x.partOf("component.create")
	if err != nil {
		return nil, err
	}
	data, _ := x.body.get("data")
	part := componentOf(data.(*object))
	var f findings
	if x.api.componentTaken(m, part.fingerprint) {
		f.add("FINGERPRINT_TAKEN", "has already been taken", "/data/attributes/fingerprint")
	}
	f.tooLong("NAME_TOO_LONG", part.name, nameMax, "/data/attributes/name")
	x.judgeMetadata(&f)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	return x.created(x.api.newComponent(m, part)), nil
}

// updateComponent renames.
func updateComponent(x *exchange, c *component) (*reply, error) {
	name := []field{{name: "name", kind: kindString}}
	if err := x.validate([]field{dataField([]string{"component", "components"}, name, nil)}); err != nil {
		return nil, err
	}
	var f findings
	f.tooLong("NAME_TOO_LONG", x.attributeText("name"), nameMax, "/data/attributes/name")
	if err := f.refusal(); err != nil {
		return nil, err
	}
	c.name, c.updated = cmp.Or(x.attributeText("name"), c.name), x.now
	return x.show(c), nil
}

func deleteComponent(x *exchange, c *component) (*reply, error) {
	delete(x.api.components, c.id)
	return newReply(http.StatusNoContent), nil
}

type componentAttributes struct {
	Fingerprint string          `json:"fingerprint"`
	Name        string          `json:"name"`
	Metadata    json.RawMessage `json:"metadata"`
	Created     string          `json:"created"`
	Updated     string          `json:"updated"`
}

// partRelationships are those of components and processes.
type partRelationships struct {
	Account     relationship  `json:"account"`
	Environment *relationship `json:"environment,omitempty"`
	Product     relationship  `json:"product"`
	License     relationship  `json:"license"`
	Machine     relationship  `json:"machine"`
}

// partRelationships relates a part at that address to what its machine belongs to.
func (x *exchange) partRelationships(m *machine, link string) partRelationships {
	return partRelationships{
		Account:     m.account.relationship(),
		Environment: x.environmentOf(m.account, m.environment),
		Product:     to(link+"/product", "products", m.license.policy.Product),
		License:     to(link+"/license", "licenses", m.license.id),
		Machine:     to(link+"/machine", "machines", m.id),
	}
}

func (c *component) link() string { return c.account.base() + "/components/" + c.id }

func (c *component) resource(x *exchange) any {
	return resource{
		ID:   c.id,
		Type: "components",
		Attributes: componentAttributes{
			Fingerprint: c.fingerprint, Name: c.name, Metadata: x.metadata(c.metadata),
			Created: stamp(c.created), Updated: stamp(c.updated),
		},
		Relationships: x.partRelationships(c.machine, c.link()),
		Links:         map[string]string{"self": c.link()},
	}
}
