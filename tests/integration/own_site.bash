# own_site.bash: one site of our own for all tests of a file, with the
# $configuration that the file sets, if any.

setup_file() {
	make_sandbox
	start_site "${configuration:-}"
}

teardown_file() {
	stop_site
	remove_sandbox
}
