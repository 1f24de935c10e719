"""The committee's door, anonymised: pool < assignment < papers < reviewing."""
