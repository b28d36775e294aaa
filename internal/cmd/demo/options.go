package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"

	"keygenauth/internal/site"
)

// options are the checked flags of the command.
type options struct {
	root, addr, apiAddr        string
	account, host, environment string
}

// parse reads the flags. Its errors name the flag that is wrong.
func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&o.root, "root", ".", "the project's `directory`")
	flags.StringVar(&o.addr, "addr", "localhost:8080", "`address` of the pages, as host:port")
	flags.StringVar(&o.apiAddr, "api-addr", "localhost:8081", "`address` of the emulated API, as host:port")
	flags.StringVar(&o.account, "account", "", "`id` or slug of a Keygen account, to use a real API instead of the emulated one")
	flags.StringVar(&o.host, "host", "", "`origin` of the real API (default "+site.DefaultAPI+")")
	flags.StringVar(&o.environment, "environment", "", "`id` or code of an environment of that account")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q: all settings are flags, see -help", flags.Arg(0))
	}
	return o, o.check()
}

// check returns an error that names the first flag that is wrong.
func (o options) check() error {
	for name, addr := range map[string]string{"-addr": o.addr, "-api-addr": o.apiAddr} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("%s: %q is not host:port, such as localhost:8080", name, addr)
		}
	}
	if o.environment != "" && o.emulated() {
		return errors.New("-environment is for a real API: say which account with -account (make run ACCOUNT=…)")
	}
	if o.host != "" {
		if err := site.CheckOrigin(o.host); err != nil {
			return fmt.Errorf("-host: %w", err)
		}
	}
	if o.host == site.DefaultAPI && o.account == "" {
		return errors.New("-host " + o.host + " also needs -account (make run ACCOUNT=…)")
	}
	return nil
}

// emulated reports whether the demo brings its own API. A custom domain or a server of one's own has no need of -account.
func (o options) emulated() bool { return o.account == "" && o.host == "" }
