"""`python -m crmclean`: the same as the `crmclean` command, for PCs where scripts are not on the path."""

from crmclean.cli import main

if __name__ == "__main__":
    main()
