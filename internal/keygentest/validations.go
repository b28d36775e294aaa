package keygentest

import (
	"encoding/json"
	"net/http"
)

func validationRoutes() []route {
	allowed := demand{permission: "license.validate"}
	return []route{
		forUsers(http.MethodGet, "licenses/{license}/actions/validate", withLicense(allowed, validateQuickly)),
		forUsers(http.MethodPost, "licenses/{license}/actions/validate", withLicense(allowed, validateInScope)),
		{method: http.MethodPost, path: "licenses/actions/validate-key", sub: true, auth: (*exchange).optionalToken, handle: validateKey},
	}
}

func validateQuickly(x *exchange, l *license) (*reply, error) {
	return x.answerValidation(l, true), nil
}

func validateInScope(x *exchange, l *license) (*reply, error) {
	if err := x.validate([]field{metaField(x.scopeFields()...)}); err != nil {
		return nil, err
	}
	return x.answerValidation(l, false), nil
}

// validateKey asks for no token. With one, the license has to be visible to its bearer.
func validateKey(x *exchange) (*reply, error) {
	fields := append(x.scopeFields(),
		field{name: "key", kind: kindString, required: true},
		field{name: "encrypted", kind: kindBoolean},
		field{name: "legacy_encrypted", kind: kindBoolean},
	)
	if err := x.validate([]field{metaField(fields...)}); err != nil {
		return nil, err
	}
	if x.user != nil {
		if err := x.allow("license.validate"); err != nil {
			return nil, err
		}
	}
	key, _ := x.body.get("meta", "key")
	l := x.api.licenseNamed(x.account, key.(string))
	switch {
	case l == nil || l.key != key || !x.holds(&l.entry):
		l = nil
	case x.user != nil && !x.seesLicense(l):
		return nil, x.deny()
	}
	return x.answerValidation(l, false), nil
}

func (x *exchange) scopeFields() []field {
	texts := func(name string) field {
		return field{name: name, kind: kindArray, items: &field{kind: kindString}}
	}
	scope := []field{
		{name: "product", kind: kindString}, {name: "policy", kind: kindString}, {name: "machine", kind: kindString},
		{name: "user", kind: kindString, nullable: true}, {name: "fingerprint", kind: kindString},
		texts("fingerprints"), texts("components"), texts("entitlements"),
		{name: "checksum", kind: kindString}, {name: "version", kind: kindString},
	}
	if !x.api.opts.Community {
		scope = append(scope, field{name: "environment", kind: kindString})
	}
	return []field{{name: "nonce", kind: kindInteger}, {name: "scope", kind: kindObject, fields: scope}}
}

// validationMeta repeats nonce and scope if they were sent. Its code was called constant up to version 1.1.
type validationMeta struct {
	TS       string          `json:"ts"`
	Valid    bool            `json:"valid"`
	Detail   string          `json:"detail"`
	Code     string          `json:"code,omitempty"`
	Constant string          `json:"constant,omitempty"`
	Nonce    json.RawMessage `json:"nonce,omitempty"`
	Scope    json.RawMessage `json:"scope,omitempty"`
}

// answerValidation is 200 whatever the verdict. l is nil for an unknown key.
func (x *exchange) answerValidation(l *license, quick bool) *reply {
	v := verdict{false, "does not exist", "NOT_FOUND"}
	var data any
	if l != nil {
		scope, _ := x.body.get("meta", "scope")
		sent, _ := scope.(*object)
		v = (&validation{x: x, license: l, scope: sent, quick: quick}).judge()
		l.lastValidated = x.now
		if v.valid {
			l.begin("FROM_FIRST_VALIDATION", x.now)
		}
		data = l.resource(x)
	}
	meta := validationMeta{TS: stamp(x.now), Valid: v.valid, Detail: v.detail, Code: v.code}
	if x.version <= 1 {
		meta.Code, meta.Constant = "", v.code
		meta.Valid = v.valid && (v.code == "VALID" || v.code == "EXPIRED")
	}
	if nonce, sent := x.body.get("meta", "nonce"); sent && !quick {
		meta.Nonce = echo(nonce)
	}
	if scope, sent := x.body.get("meta", "scope"); sent && !quick {
		meta.Scope = echo(scope)
	}
	return document(http.StatusOK, struct {
		Data any            `json:"data"`
		Meta validationMeta `json:"meta"`
	}{data, meta})
}
