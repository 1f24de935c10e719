"""Imports every module that defines tables."""

import accounts.models
import camera_ready.models
import core.audit
import core.jobs
import core.limits
import core.tokens
import decisions.models
import mail.models
import reviews.assignment.models
import reviews.pool.models
import reviews.reviewing.models
import submissions.models
import venues.models
