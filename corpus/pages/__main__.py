"""`python -m corpus.pages FILES`: check pages."""

import sys

from corpus.pages import main

sys.exit(main(sys.argv[1:]))
