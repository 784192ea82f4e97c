"""What the apps say to the front desk, which stands above them all: a plain package.

Each app's `desk.py` says what it has to be done, by the same queries as its own lists;
`repairshop.front_desk` puts them together and shows them.
"""
