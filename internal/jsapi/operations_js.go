package jsapi

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// An operation reads the arguments of a call of the API and returns what to
// send.
type operation func(*arguments) keygen.Call

// operationOf returns the operation of the API's own that scripts call by a name,
// nil for none. They resolve to the API's document. (A map of them would be
// built, and shipped, for each page; this is code that few pages run.)
func operationOf(name string) operation {
	switch name {
	case "users.me":
		return func(*arguments) keygen.Call { return keygen.ShowMe() }
	case "users.list":
		return list(keygen.ListUsers)
	case "users.get":
		return one(keygen.ShowUser)
	case "users.create":
		return with("user", keygen.CreateUser)
	case "users.updatePassword":
		return change("passwords", keygen.UpdatePassword)
	case "passwords.create":
		return with("request", keygen.CreatePassword)

	case "secondFactors.list":
		return func(a *arguments) keygen.Call { return keygen.ListSecondFactors(a.id(0, "user")) }
	case "secondFactors.create":
		return func(a *arguments) keygen.Call {
			return keygen.CreateSecondFactor(a.id(0, "user"), a.object(1, "proof", false))
		}
	case "secondFactors.update":
		return func(a *arguments) keygen.Call {
			return keygen.UpdateSecondFactor(a.id(0, "user"), a.id(1, "id"), a.object(2, "fields", false))
		}
	case "secondFactors.delete":
		return func(a *arguments) keygen.Call {
			return keygen.DeleteSecondFactor(a.id(0, "user"), a.id(1, "id"), a.object(2, "proof", true))
		}

	case "tokens.list":
		return list(keygen.ListTokens)
	case "tokens.get":
		return one(keygen.ShowToken)

	case "licenses.list":
		return list(keygen.ListLicenses)
	case "licenses.get":
		return one(keygen.ShowLicense)
	case "licenses.delete":
		return one(keygen.DeleteLicense)
	case "licenses.validate":
		return option("question", keygen.ValidateLicense)
	case "licenses.validateKey":
		return func(a *arguments) keygen.Call {
			key := a.text(0, "key") // first: the options come after what is read last
			return keygen.ValidateKey(merged(a.object(1, "question", true), "key", key))
		}
	case "licenses.checkOut":
		return option("file", keygen.CheckOutLicense)
	case "licenses.checkIn":
		return one(keygen.CheckInLicense)
	case "licenses.renew":
		return one(keygen.RenewLicense)
	case "licenses.incrementUsage":
		return func(a *arguments) keygen.Call {
			return keygen.IncrementUsage(a.id(0, "id"), a.count(1, "increment"))
		}
	case "licenses.changePolicy":
		return func(a *arguments) keygen.Call { return keygen.ChangePolicy(a.id(0, "id"), a.text(1, "policy")) }
	case "licenses.entitlements":
		return below(keygen.ListEntitlements)
	case "licenses.machines":
		return below(keygen.ListMachinesOfLicense)

	case "machines.list":
		return list(keygen.ListMachines)
	case "machines.get":
		return one(keygen.ShowMachine)
	case "machines.create":
		return with("machine", keygen.CreateMachine)
	case "machines.update":
		return change("attributes", keygen.UpdateMachine)
	case "machines.delete":
		return one(keygen.DeleteMachine)
	case "machines.ping":
		return one(keygen.PingMachine)
	case "machines.checkOut":
		return option("file", keygen.CheckOutMachine)

	case "components.list":
		return list(keygen.ListComponents)
	case "components.get":
		return one(keygen.ShowComponent)
	case "components.create":
		return with("component", keygen.CreateComponent)
	case "components.delete":
		return one(keygen.DeleteComponent)

	case "releases.list":
		return list(keygen.ListReleases)
	case "releases.get":
		return one(keygen.ShowRelease)
	case "releases.upgrade":
		return below(keygen.UpgradeRelease)

	case "artifacts.list":
		return list(keygen.ListArtifacts)
	case "artifacts.get":
		return one(keygen.ShowArtifact)
	case "artifacts.download":
		return func(a *arguments) keygen.Call {
			id := a.id(0, "artifact")
			given := a.object(1, "from", true)["release"]
			release, ok := given.(string)
			if given != nil && (!ok || !keygen.IsSegment(release)) {
				a.refuse("from.release", keygen.ASegment)
			}
			return keygen.DownloadArtifact(release, id)
		}

	case "processes.list":
		return list(keygen.ListProcesses)
	case "processes.get":
		return one(keygen.ShowProcess)
	case "processes.create":
		return with("process", keygen.CreateProcess)
	case "processes.delete":
		return one(keygen.DeleteProcess)
	case "processes.ping":
		return one(keygen.PingProcess)
	}
	return nil
}

// The shapes that most operations have: (query?), (id), (object), (id, object),
// (id, object?) and (id, query?).

func list(make func([]keygen.Parameter) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.query(0)) }
}

func one(make func(id string) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.id(0, "id")) }
}

func with(name string, make func(keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.object(0, name, false)) }
}

func change(name string, make func(string, keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.id(0, "id"), a.object(1, name, false)) }
}

func option(name string, make func(string, keygen.Attributes) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.id(0, "id"), a.object(1, name, true)) }
}

func below(make func(string, []keygen.Parameter) keygen.Call) operation {
	return func(a *arguments) keygen.Call { return make(a.id(0, "id"), a.query(1)) }
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

// do sends a call, with the session's token unless it is anonymous, or public and nobody
// is signed in.
func (a API) do(call keygen.Call, signal browser.Value) (document keygen.Node, err error) {
	request := func(token keygen.Token, left int64) (err error) {
		call.Left = left
		document, err = a.Client.Do(token, call, signal)
		return err
	}
	if !call.Anonymous {
		err = a.use(call.Method, signal, request)
	}
	if call.Anonymous || call.Public && err != nil && keygen.AsError(err).Code == session.CodeMissing {
		err = a.Patience.Spend(call.Method, signal, func(left int64) error { return request(keygen.Token{}, left) })
	}
	return document, err
}

// Download returns where a file lies: one by id or name, of a release, or of any
// when that is empty.
func (a API) Download(release, file string) (address string, err error) {
	document, err := a.do(keygen.DownloadArtifact(release, file), browser.Value{})
	if err != nil {
		return "", err
	}
	return keygen.Address(document), nil
}

// use has a request made with the session's token, and again where that is safe.
// A try that comes later is for the same user, or none.
func (a API) use(method string, signal browser.Value, request func(token keygen.Token, left int64) error) error {
	var user string
	return a.Patience.Spend(method, signal, func(left int64) error {
		return a.Auth.Use(func(token keygen.Token) error {
			if user == "" {
				user = token.UserID
			}
			if token.UserID != user {
				return &keygen.Error{Code: session.CodeSignedOut, Detail: "the user signed out while the call was under way"}
			}
			return request(token, left)
		})
	})
}
