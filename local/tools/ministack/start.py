"""Starts ministack with SAM's translator within its reach, and within its reach only.

`sam deploy` sends the template with its `AWS::Serverless` transform, which on AWS CloudFormation
expands; ministack does so too when it can import aws-sam-translator. That library lives in the SAM
CLI's environment and brings pydantic and jsonschema along, which a Lambda must get from its layer or
not at all. A path added inside this process, last, is seen by the emulator and not by the Lambdas,
which it starts as processes of their own.
"""

import sys

from ministack.app import main

sys.path.append(sys.argv.pop(1))
main()
