package jsapi

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// An operation reads the arguments of a call of the API and returns what to
// send.
type operation func(*arguments) keygen.Call

// operations are the API's own, by the names that scripts call them by. They
// resolve to the API's document.
var operations = map[string]operation{
	"users.me":             func(*arguments) keygen.Call { return keygen.ShowMe() },
	"users.list":           list(keygen.ListUsers),
	"users.get":            one(keygen.ShowUser),
	"users.create":         with("user", keygen.CreateUser),
	"users.updatePassword": change("passwords", keygen.UpdatePassword),
	"passwords.create":     with("request", keygen.CreatePassword),

	"secondFactors.list": func(a *arguments) keygen.Call { return keygen.ListSecondFactors(a.text(0, "user")) },
	"secondFactors.create": func(a *arguments) keygen.Call {
		return keygen.CreateSecondFactor(a.text(0, "user"), a.object(1, "proof", false))
	},
	"secondFactors.update": func(a *arguments) keygen.Call {
		return keygen.UpdateSecondFactor(a.text(0, "user"), a.text(1, "id"), a.object(2, "fields", false))
	},
	"secondFactors.delete": func(a *arguments) keygen.Call {
		return keygen.DeleteSecondFactor(a.text(0, "user"), a.text(1, "id"), a.object(2, "proof", true))
	},

	"tokens.list": list(keygen.ListTokens),
	"tokens.get":  one(keygen.ShowToken),

	"licenses.list":     list(keygen.ListLicenses),
	"licenses.get":      one(keygen.ShowLicense),
	"licenses.delete":   one(keygen.DeleteLicense),
	"licenses.validate": option("question", keygen.ValidateLicense),
	"licenses.validateKey": func(a *arguments) keygen.Call {
		key := a.text(0, "key") // first: the options come after what is read last
		return keygen.ValidateKey(merged(a.object(1, "question", true), "key", key))
	},
	"licenses.checkOut": option("file", keygen.CheckOutLicense),
	"licenses.checkIn":  one(keygen.CheckInLicense),
	"licenses.renew":    one(keygen.RenewLicense),
	"licenses.incrementUsage": func(a *arguments) keygen.Call {
		return keygen.IncrementUsage(a.text(0, "id"), a.count(1, "increment"))
	},
	"licenses.changePolicy": func(a *arguments) keygen.Call { return keygen.ChangePolicy(a.text(0, "id"), a.text(1, "policy")) },
	"licenses.entitlements": below(keygen.ListEntitlements),
	"licenses.machines":     below(keygen.ListMachinesOfLicense),

	"machines.list":     list(keygen.ListMachines),
	"machines.get":      one(keygen.ShowMachine),
	"machines.create":   with("machine", keygen.CreateMachine),
	"machines.update":   change("attributes", keygen.UpdateMachine),
	"machines.delete":   one(keygen.DeleteMachine),
	"machines.ping":     one(keygen.PingMachine),
	"machines.checkOut": option("file", keygen.CheckOutMachine),

	"components.list":   list(keygen.ListComponents),
	"components.get":    one(keygen.ShowComponent),
	"components.create": with("component", keygen.CreateComponent),
	"components.delete": one(keygen.DeleteComponent),

	"processes.list":   list(keygen.ListProcesses),
	"processes.get":    one(keygen.ShowProcess),
	"processes.create": with("process", keygen.CreateProcess),
	"processes.delete": one(keygen.DeleteProcess),
	"processes.ping":   one(keygen.PingProcess),
}

// The shapes that most operations have: (query?), (id), (object), (id, object),
// (id, object?) and (id, query?).

func list(make func([]keygen.Parameter) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.query(0)) }
}

func one(make func(id string) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.text(0, "id")) }
}

func with(name string, make func(keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.object(0, name, false)) }
}

func change(name string, make func(string, keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.text(0, "id"), a.object(1, name, false)) }
}

func option(name string, make func(string, keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.text(0, "id"), a.object(1, name, true)) }
}

func below(make func(string, []keygen.Parameter) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.text(0, "id"), a.query(1)) }
}

// merged returns attributes with one more.
func merged(attributes keygen.Attributes, name string, value any) keygen.Attributes {
	all := keygen.Attributes{name: value}
	for key, value := range attributes {
		if key != name {
			all[key] = value
		}
	}
	return all
}

// plain returns the method that sends what an operation makes of its arguments.
func plain(make operation) method {
	return func(a API, args *arguments) func() (any, error) {
		if make == nil {
			args.refuse("the method", "one of keygen-auth.d.ts")
			return nil
		}
		call := make(args)
		signal := args.signal(args.read)
		return func() (any, error) {
			document, err := a.do(call, signal)
			return keygen.Value(document), err
		}
	}
}

// do sends a call, with the session's token unless it is anonymous.
func (a API) do(call keygen.Call, signal browser.Value) (document keygen.Node, err error) {
	if call.Anonymous {
		return a.Client.Do(keygen.Token{}, call, signal)
	}
	err = a.Auth.Use(func(token keygen.Token) (err error) {
		document, err = a.Client.Do(token, call, signal)
		return err
	})
	return document, err
}
