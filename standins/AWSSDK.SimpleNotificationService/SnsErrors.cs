using Amazon.Runtime;
using Amazon.SimpleNotificationService.Model;
using Amazon.Wire;

namespace Amazon.SimpleNotificationService;

internal static class SnsErrors
{
    public static AmazonServiceException ToException(ServiceError e) => e.Code switch
    {
        "NotFound" => new NotFoundException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "InvalidParameter" => new InvalidParameterException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "ParameterValueInvalid" => new InvalidParameterValueException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "AuthorizationError" => new AuthorizationErrorException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "InternalError" => new InternalErrorException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "Throttled" => new ThrottledException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "EmptyBatchRequest" => new EmptyBatchRequestException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "TooManyEntriesInBatchRequest" => new TooManyEntriesInBatchRequestException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "BatchEntryIdsNotDistinct" => new BatchEntryIdsNotDistinctException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "BatchRequestTooLong" => new BatchRequestTooLongException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        _ => new AmazonSimpleNotificationServiceException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status)
    };
}
