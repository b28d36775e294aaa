package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"keygenauth/internal/emulator"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
)

// serve serves the built project until ctx ends. It says on out where to look and who can sign in.
func serve(ctx context.Context, o options, out io.Writer) (err error) {
	config := site.Config{
		Dist:        os.DirFS(filepath.Join(o.root, "dist")).(fs.ReadDirFS),
		Pages:       os.DirFS(filepath.Join(o.root, "web", "demo")),
		API:         o.host,
		Account:     o.account,
		Environment: o.environment,
	}
	// The port of the pages comes first, so that they get the usual one if both flags name the same.
	listener, origin, err := listen(o.addr, out)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	var api *emulator.Server
	if o.emulated() {
		apiListener, apiOrigin, err := listen(o.apiAddr, out)
		if err != nil {
			return fmt.Errorf("-api-addr: %w", errors.Join(err, listener.Close()))
		}
		api = emulator.Start(apiListener, keygentest.Options{Mail: func(u keygentest.User, token string) {
			link := url.Values{"token": {token}, "user": {u.ID}}
			fmt.Fprintf(out, "\nMail to %s: set a new password at %s/reset.html#%s\n", u.Email, origin, link.Encode())
		}})
		defer func() { err = errors.Join(err, api.Close()) }()
		config.API, config.Account = apiOrigin, api.Demo.Account.Slug
	}
	handler, err := site.New(config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := announce(out, origin, config, api); err != nil {
		return errors.Join(err, listener.Close())
	}
	return serveUntilDone(ctx, &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}, listener)
}

// listen opens addr, or any free port of the same host if that one is taken, and returns the origin to type into a
// browser.
func listen(addr string, out io.Writer) (listener net.Listener, origin string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, "", err
	}
	listener, err = net.Listen("tcp", addr)
	taken := errors.Is(err, syscall.EADDRINUSE)
	if taken {
		listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return nil, "", err
	}
	_, got, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, "", errors.Join(err, listener.Close())
	}
	if taken {
		fmt.Fprintf(out, "Port %s is taken by another program: using %s instead.\n", port, got)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // where all addresses of this computer are meant, browsers trust this name most
	}
	return listener, "http://" + net.JoinHostPort(host, got), nil
}

// serveUntilDone serves until ctx ends and then lets requests under way finish for a moment.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	timeout, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(timeout); err != nil {
		return server.Close()
	}
	return nil
}

// announce prints the addresses, and the demo's users if api is not nil.
func announce(out io.Writer, origin string, config site.Config, api *emulator.Server) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(table, "\n  Open\t%s/\n  Tutorial\t%s/tutorial.html\n  My account\t%s/account.html\n", origin, origin, origin)
	if api == nil {
		fmt.Fprintf(table, "  API\t%s\n  Account\t%s\n", cmp.Or(config.API, site.DefaultAPI), cmp.Or(config.Account, "the only one of this server"))
		if config.Environment != "" {
			fmt.Fprintf(table, "  Environment\t%s\n", config.Environment)
		}
		fmt.Fprintf(table, "\nSign in as a user of that account. Ctrl-C stops.\n")
		return table.Flush()
	}
	fmt.Fprintf(table, "  API\t%s (emulated; starts anew each time)\n", config.API)
	if err := table.Flush(); err != nil {
		return err
	}

	demo := api.Demo
	fmt.Fprintf(table, "\n  User\tEmail\tPassword\n")
	for _, row := range []struct {
		kind string
		user keygentest.User
	}{
		{"plain", demo.Plain},
		{"two-factor", demo.TwoFactor},
		{"banned", demo.Banned},
		{"single sign-on", demo.SSO},
		{"staff, so single sign-on", demo.Staff},
		{"without password", demo.NoPassword},
		{"shares a license", demo.Mate},
		{"many licenses", demo.Many},
	} {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", row.kind, row.user.Email, cmp.Or(row.user.Password, "(none)"))
	}
	if err := table.Flush(); err != nil {
		return err
	}

	fmt.Fprintf(table, "\n  Two-factor code of now\t%s%s/totp?user=%s\n", config.API, emulator.ControlPrefix, demo.TwoFactor.Email)
	fmt.Fprintf(table, "  For an authenticator\t%s\n  Mails with reset links\tare printed here\n\nCtrl-C stops.\n", otpauth(demo.TwoFactor))
	return table.Flush()
}

// otpauth returns the address that an authenticator app takes the user's second factor from.
func otpauth(user keygentest.User) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/keygen-auth demo:" + user.Email}
	u.RawQuery = "secret=" + url.QueryEscape(user.TOTPSecret) + "&issuer=keygen-auth%20demo"
	return u.String()
}
