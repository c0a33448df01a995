from paviour.cli import main

main()
