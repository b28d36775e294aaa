package keygentest

import (
	"slices"
	"strings"
)

// userPermissions is the default set of role user.
var userPermissions = strings.Fields(`
arch.read artifact.read channel.read component.create component.delete component.read component.update
constraint.read engine.read entitlement.read group.licenses.read group.machines.read group.owners.read
group.read group.users.read license.check-in license.check-out license.create license.delete
license.policy.update license.read license.renew license.revoke license.usage.increment license.validate
machine.check-out machine.create machine.delete machine.heartbeat.ping machine.proofs.generate machine.read
machine.update package.read platform.read process.create process.delete process.heartbeat.ping process.read
process.update release.download release.read release.upgrade token.generate token.read token.regenerate
token.revoke user.password.reset user.password.update user.read user.second-factors.create
user.second-factors.delete user.second-factors.read user.second-factors.update user.update`)

// staffPermissions stands for the larger sets of the other roles, which tests of a user's client need not tell apart.
var staffPermissions = sorted(append(strings.Fields(`
account.read license.users.attach license.users.detach policy.read product.read`), userPermissions...))

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// permissions returns what a user may do: own set, else that of the account, else that of the role.
func (u *user) permissions() []string {
	switch {
	case u.Permissions != nil:
		return u.Permissions
	case u.isStaff():
		return staffPermissions
	case u.account.Permissions != nil:
		return u.account.Permissions
	default:
		return userPermissions
	}
}

// effective returns what a token may do: its own set as far as the user still has it.
func (t *token) effective() []string {
	all := t.user.permissions()
	if t.permissions == nil {
		return all
	}
	return slices.DeleteFunc(slices.Clone(t.permissions), func(p string) bool { return !slices.Contains(all, p) })
}

// allow refuses with 403 what user or token may not do. A ban shows here after a password login; bearers of tokens
// have met USER_BANNED before.
func (x *exchange) allow(permission string) error {
	switch {
	case x.user == nil:
		return x.deny()
	case x.user.Banned:
		return forbidden("user is banned")
	case !slices.Contains(x.user.permissions(), permission):
		return forbidden("user lacks permission to perform action")
	case x.token != nil && !slices.Contains(x.token.effective(), permission):
		return forbidden("token lacks permission to perform action")
	}
	return nil
}
