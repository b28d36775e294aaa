package keygentest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"time"
)

// DemoLicense is what a demo page prints of a license; the rest depends on the time.
type DemoLicense struct {
	ID  string
	Key string
}

// DemoLicenses are the licenses that [Seed] adds.
type DemoLicenses struct {
	// Of the plain user.
	Active    DemoLicense // a trial on two of three machines, one of which has a heartbeat
	Expiring  DemoLicense
	Expired   DemoLicense // a trial that may be renewed
	Suspended DemoLicense
	Shared    DemoLicense // owned by Demo.Mate, the plain user being a member

	// Fleet is one of the twelve of Demo.Many, with fourteen machines.
	Fleet DemoLicense
}

// demoID numbers the records of one kind.
func demoID(kind, n int) string { return fmt.Sprintf("1c0a5c2e-0f5d-4b7e-8a%02x-%012d", kind, n) }

const (
	demoPolicies = 0x12 + iota
	demoLicenses
	demoMachines
	demoEntitlements
	demoComponents
	demoProducts
	demoReleases
	demoArtifacts
)

// seedLicenses adds policies, licenses and machines of the demo account.
func seedLicenses(a *API, d *Demo) {
	account := d.Account.ID
	for n, e := range []Entitlement{{Code: "EXPORT", Name: "Export"}, {Code: "SUPPORT", Name: "Priority support"}} {
		e.ID = demoID(demoEntitlements, n+1)
		a.AddEntitlement(account, e)
	}
	d.Trial = a.AddPolicy(account, Policy{
		ID: demoID(demoPolicies, 1), Name: "Trial", Product: demoID(demoProducts, 1),
		Duration: 14 * 24 * time.Hour, Protected: new(false), Floating: true, Limits: Limits{MaxMachines: 3},
		HeartbeatCullStrategy: "KEEP_DEAD", // so that the demo shows some
	})
	d.Pro = a.AddPolicy(account, Policy{
		ID: demoID(demoPolicies, 2), Name: "Pro", Product: demoID(demoProducts, 1),
		Duration: 365 * 24 * time.Hour, Protected: new(true), Floating: true, Strict: true, Limits: Limits{MaxMachines: 5, MaxUsers: 5},
		Entitlements: []string{"EXPORT"},
	})

	now := a.clock()
	add := func(n int, l License) DemoLicense {
		l.ID, l.Key = demoID(demoLicenses, n), fmt.Sprintf("DEC0DE-000000-000000-000000-%06d-V3", n)
		a.AddLicense(account, l)
		return DemoLicense{l.ID, l.Key}
	}
	plain := d.Plain.ID
	d.Licenses = DemoLicenses{
		Active: add(1, License{Policy: d.Trial.ID, Owner: plain, Name: "Trial", Metadata: map[string]any{"orderNumber": "A-1001"}}),
		Expiring: add(2, License{
			Policy: d.Pro.ID, Owner: plain, Name: "Pro, about to expire", Expiry: now.Add(48 * time.Hour), Entitlements: []string{"SUPPORT"},
		}),
		Expired:   add(3, License{Policy: d.Trial.ID, Owner: plain, Name: "Trial, expired", Expiry: now.Add(-10 * 24 * time.Hour)}),
		Suspended: add(4, License{Policy: d.Pro.ID, Owner: plain, Name: "Pro, suspended", Suspended: true}),
		Shared:    add(5, License{Policy: d.Pro.ID, Owner: d.Mate.ID, Users: []string{plain}, Name: "Pro, shared"}),
	}
	machine := func(n int, l DemoLicense, m Machine) string {
		m.ID, m.License, m.Fingerprint = demoID(demoMachines, n), l.ID, fmt.Sprintf("de:mo:00:00:00:%02x", n)
		return a.AddMachine(m).ID
	}
	laptop := machine(1, d.Licenses.Active, Machine{
		Name: "Laptop", Platform: "Linux", Hostname: "ada-laptop", Cores: 8, Memory: 16 << 30, LastHeartbeat: now,
	})
	machine(2, d.Licenses.Active, Machine{Name: "Desktop", Platform: "Windows", Cores: 16, Memory: 32 << 30})
	machine(3, d.Licenses.Shared, Machine{Name: "Build server", Platform: "Linux", Owner: d.Mate.ID})
	machine(4, d.Licenses.Shared, Machine{Name: "Ada's tablet", Platform: "Android", Owner: plain})
	a.AddComponent(Component{ID: demoID(demoComponents, 1), Machine: laptop, Fingerprint: "de:mo:cpu", Name: "CPU"})

	for n := range 12 {
		l := add(101+n, License{
			Policy: d.Pro.ID, Owner: d.Many.ID, Name: fmt.Sprintf("License %d", n+1), Limits: Limits{MaxMachines: 20},
		})
		if n == 0 {
			d.Licenses.Fleet = l
		}
	}
	for n := range 14 {
		machine(101+n, d.Licenses.Fleet, Machine{Name: fmt.Sprintf("Machine %d", n+1), Platform: "Linux"})
	}
}

// seedReleases adds what there is to download: two versions of what the licenses are of, with small files.
func seedReleases(a *API, d *Demo) {
	product := a.AddProduct(d.Account.ID, Product{ID: demoID(demoProducts, 1), Name: "Acme Studio"}).ID
	day := 24 * time.Hour
	release := func(n int, r Release, age time.Duration) string {
		r.ID, r.Product, r.Name, r.Created = demoID(demoReleases, n), product, "Acme Studio", a.clock().Add(-age)
		return a.AddRelease(r).ID
	}
	older := release(1, Release{Version: "2.0.0", Description: "Layers."}, 90*day)
	newest := release(2, Release{
		Version: "2.1.0", Description: "Opens large drawings twice as fast.\nExports to SVG.",
	}, 5*day)
	for n, f := range []Artifact{
		{Release: newest, Filename: "studio-2.1.0.dmg", Platform: "darwin", Arch: "arm64"},
		{Release: newest, Filename: "studio-2.1.0-setup.exe", Platform: "windows", Arch: "x64"},
		{Release: newest, Filename: "studio-2.1.0.AppImage", Platform: "linux", Arch: "x64"},
		{Release: older, Filename: "studio-2.0.0.AppImage", Platform: "linux", Arch: "x64"},
	} {
		f.ID, f.Content = demoID(demoArtifacts, n+1), []byte("This is "+f.Filename+" of the demo.\n")
		sum := sha256.Sum256(f.Content)
		f.Filetype, f.Checksum = path.Ext(f.Filename)[1:], hex.EncodeToString(sum[:])
		f.Created = a.releases[f.Release].created
		a.AddArtifact(f)
	}
}
