package keygentest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A kind names a JSON type as error details do.
type kind string

const (
	kindString kind = "string"
	kindObject kind = "object"
	kindArray  kind = "array"
	kindUUID   kind = "UUID string"
	kindTime   kind = "time" // string or number

	kindInteger  kind = "integer"
	kindBoolean  kind = "boolean"
	kindMetadata kind = "metadata" // an object of free form, an object to clients
)

// A field describes one value of a request document. Documents are checked strictly: a key that is not described is
// refused at every level.
type field struct {
	name     string
	kind     kind
	required bool
	nullable bool     // null is a value of its own; elsewhere it counts as absent
	blank    bool     // "" is allowed
	oneOf    []string // allowed values
	fields   []field  // of an object
	items    *field   // of an array
	most     int      // items of an array, of which there is at least one; 0 sets no bounds
}

// validate checks the document of the request against the fields of its top level. Only the first error is told:
// unknown keys anywhere come before wrong values.
func (x *exchange) validate(fields []field) error {
	root := field{kind: kindObject, fields: fields}
	body := x.body
	switch {
	case body == nil && x.document != nil:
		return mismatch("/data", x.document, kindObject)
	case body == nil:
		body = &object{values: map[string]any{}}
	}
	if err := root.permit("", body); err != nil {
		return err
	}
	return root.check("", body)
}

// permit looks for unknown keys, in the order in which they were sent.
func (f *field) permit(at string, value any) error {
	switch value := value.(type) {
	case *object:
		if f.kind == kindMetadata {
			return nil
		}
		for _, key := range value.keys {
			pointer := at + "/" + pointerEscapes.Replace(camelCase(key))
			i := slices.IndexFunc(f.fields, func(child field) bool { return child.name == key })
			if i < 0 {
				if f.kind != kindObject {
					return nil // check will find that there should be no object
				}
				return invalidBody(pointer, "unpermitted parameter")
			}
			if err := f.fields[i].permit(pointer, value.values[key]); err != nil {
				return err
			}
		}
	case []any:
		if f.items == nil {
			return nil
		}
		for i, item := range value {
			if err := f.items.permit(at+"/"+strconv.Itoa(i), item); err != nil {
				return err
			}
		}
	}
	return nil
}

// check judges a value that is there, then what is in it.
func (f *field) check(at string, value any) error {
	if !f.kind.holds(value) {
		return mismatch(at, value, f.kind)
	}
	switch value := value.(type) {
	case string:
		return f.checkString(at, value)
	case []any:
		if f.most > 0 && (len(value) < 1 || len(value) > f.most) {
			return invalidBody(at, fmt.Sprintf("length must be between 1 and %d (inclusive)", f.most))
		}
		for i, item := range value {
			if err := f.items.check(at+"/"+strconv.Itoa(i), item); err != nil {
				return err
			}
		}
	case *object:
		if f.kind == kindMetadata {
			if err := checkLists(at, value); err != nil {
				return err
			}
			return checkMetadata(at, value, 1)
		}
		for i := range f.fields {
			if err := f.fields[i].checkIn(at, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkIn judges the field as a member of parent, where it may be absent or null.
func (f *field) checkIn(at string, parent *object) error {
	pointer := at + "/" + camelCase(f.name)
	value, found := parent.values[f.name]
	switch {
	case !found && f.required:
		return invalidBody(pointer, "is missing")
	case !found, value == nil && f.nullable:
		return nil
	case value == nil && f.required:
		return invalidBody(pointer, "cannot be null")
	case value == nil:
		delete(parent.values, f.name)
		return nil
	}
	return f.check(pointer, value)
}

func (f *field) checkString(at, value string) error {
	switch {
	case f.kind == kindTime:
		return nil
	case strings.TrimSpace(value) == "" && !f.blank:
		return invalidBody(at, "cannot be blank")
	case f.kind == kindUUID && !uuidSyntax.MatchString(value):
		return mismatch(at, value, kindUUID)
	case f.oneOf != nil && !slices.Contains(f.oneOf, value):
		return invalidBody(at, "is invalid")
	}
	return validText(value)
}

func (k kind) holds(value any) bool {
	switch value := value.(type) {
	case string:
		return k == kindString || k == kindUUID || k == kindTime
	case bool:
		return k == kindBoolean
	case json.Number:
		return k == kindTime || k == kindInteger && kindOf(value) == kindInteger
	case []any:
		return k == kindArray
	case *object:
		return k == kindObject || k == kindMetadata
	default:
		return false
	}
}

func mismatch(at string, value any, want kind) *problem {
	if want == kindMetadata {
		want = kindObject
	}
	return invalidBody(at, fmt.Sprintf("type mismatch (received %s expected %s)", kindOf(value), want))
}

func kindOf(value any) kind {
	switch value := value.(type) {
	case string:
		return kindString
	case bool:
		return kindBoolean
	case json.Number:
		if _, err := value.Int64(); err != nil {
			return "float"
		}
		return kindInteger
	case []any:
		return kindArray
	case *object:
		return kindObject
	default:
		return "null"
	}
}

// pointerEscapes is how JSON pointers write the two characters they reserve.
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func invalidBody(pointer, detail string) *problem {
	return badRequest("", detail, &source{Pointer: pointer})
}

// typeField describes data.type, which may be singular or plural.
func typeField(names ...string) field {
	return field{name: "type", kind: kindString, required: true, oneOf: names}
}

// linkField describes a relationship to one record.
func linkField(name string, types ...string) field {
	return field{name: name, kind: kindObject, fields: []field{
		{name: "data", kind: kindObject, required: true, fields: []field{
			typeField(types...),
			{name: "id", kind: kindUUID, required: true},
		}},
	}}
}

// needed returns the field as one that has to be sent.
func needed(f field) field {
	f.required = true
	return f
}

// severable returns a relationship that may also be to no record, data being null.
func severable(f field) field {
	f.fields[0].nullable = true
	return f
}

// dataField describes a document of one resource.
func dataField(types []string, attributes, relationships []field, more ...field) field {
	data := field{name: "data", kind: kindObject, required: true, fields: append([]field{
		typeField(types...),
		{name: "attributes", kind: kindObject, fields: attributes, required: requires(attributes)},
	}, more...)}
	if relationships != nil {
		data.fields = append(data.fields, field{
			name: "relationships", kind: kindObject, fields: relationships, required: requires(relationships),
		})
	}
	return data
}

// metaField describes the arguments of an action.
func metaField(fields ...field) field {
	return field{name: "meta", kind: kindObject, fields: fields, required: requires(fields)}
}

func requires(fields []field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.required })
}

// attribute returns an attribute of the document.
func (x *exchange) attribute(name string) (value any, found bool) {
	return x.body.get("data", "attributes", name)
}

// attributeText returns "" for an attribute that was not sent.
func (x *exchange) attributeText(name string) string {
	value, _ := x.attribute(name)
	s, _ := value.(string)
	return s
}

// attributeNumber returns 0 for an attribute that was not sent.
func (x *exchange) attributeNumber(name string) int {
	value, _ := x.attribute(name)
	return integer(value)
}

// relationshipID returns "" for a relationship that was not sent, or is to no record.
func (x *exchange) relationshipID(name string) string {
	value, _ := x.body.get("data", "relationships", name, "data", "id")
	s, _ := value.(string)
	return s
}

func integer(value any) int {
	n, _ := value.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
