"""One generator per file of studies: folders of participants' recordings, as real studies publish them."""
